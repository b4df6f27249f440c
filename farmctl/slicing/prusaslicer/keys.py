"""Which of PrusaSlicer's settings belong to the machine, which to the profile, which to nobody.

The split is PrusaSlicer's own: what it saves in a printer preset, in the part of it that is about
one extruder, and elsewhere.
"""

from __future__ import annotations

from farmctl.slicing.catalogue import Kind


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


MACHINE = _keys("""
    bed_shape before_layer_gcode between_objects_gcode color_change_gcode cooling_tube_length
    cooling_tube_retraction end_gcode extra_loading_move extrusion_axis gcode_flavor
    high_current_on_filament_swap layer_gcode machine_limits_usage
    machine_max_acceleration_e machine_max_acceleration_extruding
    machine_max_acceleration_retracting machine_max_acceleration_travel
    machine_max_acceleration_x machine_max_acceleration_y machine_max_acceleration_z
    machine_max_feedrate_e machine_max_feedrate_x machine_max_feedrate_y machine_max_feedrate_z
    machine_max_jerk_e machine_max_jerk_x machine_max_jerk_y machine_max_jerk_z
    machine_max_junction_deviation machine_min_extruding_rate machine_min_travel_rate
    max_print_height parking_pos_retraction pause_print_gcode printer_model printer_notes
    printer_technology remaining_times silent_mode single_extruder_multi_material start_gcode
    template_custom_gcode thumbnails thumbnails_format toolchange_gcode use_firmware_retraction
    use_relative_e_distances use_volumetric_e variable_layer_height z_offset
""")
TOOL = _keys("""
    deretract_speed extruder_colour extruder_offset max_layer_height min_layer_height
    nozzle_diameter retract_before_travel retract_before_wipe retract_layer_change retract_length
    retract_length_toolchange retract_lift retract_lift_above retract_lift_below
    retract_restart_extra retract_restart_extra_toolchange retract_speed wipe
""")
FILAMENT = _keys("""
    bed_temperature bridge_fan_speed cooling disable_fan_first_layers enable_dynamic_fan_speeds
    end_filament_gcode extrusion_multiplier fan_always_on fan_below_layer_time
    first_layer_bed_temperature first_layer_temperature full_fan_speed_layer idle_temperature
    max_fan_speed min_fan_speed min_print_speed slowdown_below_layer_time start_filament_gcode
    temperature
""")
PRIVATE = _keys("""
    host_type octoprint_apikey octoprint_cafile octoprint_host print_host printhost_apikey
    printhost_authorization_type printhost_cafile printhost_password printhost_port
    printhost_ssl_ignore_revoke printhost_user serial_port serial_speed
""")
BOOKKEEPING = _keys("""
    bed_custom_model bed_custom_texture colorprint_heights compatible_printers
    compatible_printers_condition compatible_printers_condition_cummulative compatible_prints
    compatible_prints_condition compatible_prints_condition_cummulative default_filament_profile
    default_print_profile default_sla_material_profile default_sla_print_profile
    filament_settings_id filament_vendor inherits inherits_cummulative inherits_group
    output_filename_format physical_printer_settings_id preset_name preset_names
    print_settings_id printer_settings_id printer_variant printer_vendor profile_vendor
    profile_version thumbnails_with_bed threads
""")
_BY_KIND = {
    Kind.MACHINE: MACHINE,
    Kind.TOOL: TOOL,
    Kind.FILAMENT: FILAMENT,
    Kind.PRIVATE: PRIVATE,
    Kind.BOOKKEEPING: BOOKKEEPING,
}


def kind_of(key: str) -> Kind:
    """Return where a setting may be said; what no list names is about the print."""
    for kind, keys in _BY_KIND.items():
        if key in keys:
            return kind
    if key.startswith(("print_host", "printhost_", "serial_", "octoprint_")):
        return Kind.PRIVATE
    if key.startswith("machine_"):
        return Kind.MACHINE
    if key.startswith("filament_"):
        return Kind.FILAMENT
    return Kind.PRINT
