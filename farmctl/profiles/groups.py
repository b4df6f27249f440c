"""What a setting affects: the headings that people read changes under.

What is about one thing only is with that thing: the speed of walls is under Walls, and Speeds holds
what is about all moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Group(StrEnum):
    """A heading. They are shown in this order."""

    TEMPERATURES = "Temperatures"
    SPEEDS = "Speeds"
    FLOW = "Flow"
    LAYERS = "Layers"
    WALLS = "Walls"
    INFILL = "Infill"
    SUPPORTS = "Supports"
    COOLING = "Cooling"
    RETRACTION = "Retraction"
    MACHINE = "Machine limits"
    GCODE = "Custom g-code"
    OTHER = "Other"

    @property
    def place(self) -> int:
        """Return where it comes among the others, from 0."""
        return list(Group).index(self)


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


GROUPS: Mapping[Group, frozenset[str]] = {
    Group.TEMPERATURES: _keys("""
        bed_temperature first_layer_bed_temperature first_layer_temperature ooze_prevention
        standby_temperature_delta temperature
    """),
    Group.SPEEDS: _keys("""
        default_acceleration first_layer_acceleration first_layer_acceleration_over_raft
        first_layer_speed first_layer_speed_over_raft max_print_speed travel_speed travel_speed_z
    """),
    Group.FLOW: _keys("""
        bridge_flow_ratio extrusion_multiplier extrusion_width filament_diameter
        filament_max_volumetric_speed first_layer_extrusion_width max_volumetric_speed
        max_volumetric_extrusion_rate_slope_negative max_volumetric_extrusion_rate_slope_positive
    """),
    Group.LAYERS: _keys("""
        first_layer_height layer_height max_layer_height min_layer_height slice_closing_radius
        slicing_mode spiral_vase variable_layer_height
    """),
    Group.WALLS: _keys("""
        avoid_crossing_perimeters avoid_crossing_perimeters_max_detour clip_multipart_objects
        elefant_foot_compensation ensure_vertical_shell_thickness
        external_perimeter_extrusion_width external_perimeter_speed external_perimeters_first
        extra_perimeters fuzzy_skin fuzzy_skin_point_dist fuzzy_skin_thickness gap_fill_enabled
        gap_fill_speed interface_shells min_bead_width min_feature_size overhangs
        perimeter_acceleration perimeter_extruder perimeter_extrusion_width perimeter_generator
        perimeter_speed perimeters seam_position small_perimeter_speed thin_walls
        wall_distribution_count wall_transition_angle wall_transition_filter_deviation
        wall_transition_length xy_size_compensation
    """),
    Group.INFILL: _keys("""
        bottom_fill_pattern bottom_solid_layers bottom_solid_min_thickness bridge_acceleration
        bridge_angle bridge_speed fill_angle fill_density fill_pattern infill_acceleration
        infill_anchor infill_anchor_max infill_every_layers infill_extruder infill_extrusion_width
        infill_first infill_only_where_needed infill_overlap infill_speed ironing
        ironing_flowrate ironing_spacing ironing_speed ironing_type solid_infill_below_area
        solid_infill_every_layers solid_infill_extruder solid_infill_extrusion_width
        solid_infill_speed thick_bridges top_fill_pattern top_infill_extrusion_width
        top_solid_infill_speed top_solid_layers top_solid_min_thickness
    """),
    Group.SUPPORTS: _keys("""
        brim_separation brim_type brim_width dont_support_bridges draft_shield min_skirt_length
        raft_contact_distance raft_expansion raft_first_layer_density raft_first_layer_expansion
        raft_layers skirt_distance skirt_height skirts support_material support_material_angle
        support_material_auto support_material_bottom_contact_distance
        support_material_bottom_interface_layers support_material_buildplate_only
        support_material_closing_radius support_material_contact_distance
        support_material_enforce_layers support_material_extruder
        support_material_extrusion_width support_material_interface_contact_loops
        support_material_interface_extruder support_material_interface_layers
        support_material_interface_pattern support_material_interface_spacing
        support_material_interface_speed support_material_pattern support_material_spacing
        support_material_speed support_material_style support_material_synchronize_layers
        support_material_threshold support_material_with_sheath support_material_xy_spacing
    """),
    Group.COOLING: _keys("""
        bridge_fan_speed cooling disable_fan_first_layers fan_always_on fan_below_layer_time
        full_fan_speed_layer max_fan_speed min_fan_speed min_print_speed
        slowdown_below_layer_time
    """),
    Group.RETRACTION: _keys("""
        deretract_speed filament_deretract_speed filament_retract_before_travel
        filament_retract_before_wipe filament_retract_layer_change filament_retract_length
        filament_retract_lift filament_retract_lift_above filament_retract_lift_below
        filament_retract_restart_extra filament_retract_speed filament_wipe
        only_retract_when_crossing_perimeters retract_before_travel retract_before_wipe
        retract_layer_change retract_length retract_length_toolchange retract_lift
        retract_lift_above retract_lift_below retract_restart_extra
        retract_restart_extra_toolchange retract_speed use_firmware_retraction wipe
    """),
    Group.MACHINE: _keys("""
        bed_shape extruder_clearance_height extruder_clearance_radius extruder_offset
        extrusion_axis gcode_flavor machine_limits_usage machine_max_acceleration_e
        machine_max_acceleration_extruding machine_max_acceleration_retracting
        machine_max_acceleration_travel machine_max_acceleration_x machine_max_acceleration_y
        machine_max_acceleration_z machine_max_feedrate_e machine_max_feedrate_x
        machine_max_feedrate_y machine_max_feedrate_z machine_max_jerk_e machine_max_jerk_x
        machine_max_jerk_y machine_max_jerk_z machine_min_extruding_rate machine_min_travel_rate
        max_print_height nozzle_diameter silent_mode use_relative_e_distances use_volumetric_e
        z_offset
    """),
    Group.GCODE: _keys("""
        before_layer_gcode between_objects_gcode color_change_gcode end_filament_gcode end_gcode
        gcode_substitutions layer_gcode pause_print_gcode start_filament_gcode start_gcode
        template_custom_gcode toolchange_gcode
    """),
    Group.OTHER: _keys("""
        complete_objects cooling_tube_length cooling_tube_retraction duplicate_distance
        extra_loading_move extruder_colour filament_colour filament_cooling_final_speed
        filament_cooling_initial_speed filament_cooling_moves filament_cost filament_density
        filament_load_time filament_loading_speed filament_loading_speed_start
        filament_minimal_purge_on_wipe_tower filament_notes filament_ramming_parameters
        filament_soluble filament_spool_weight filament_toolchange_delay filament_type
        filament_unload_time filament_unloading_speed filament_unloading_speed_start
        gcode_comments gcode_label_objects gcode_resolution high_current_on_filament_swap
        mmu_segmented_region_max_width notes parking_pos_retraction post_process printer_model
        printer_notes printer_technology remaining_times resolution
        single_extruder_multi_material single_extruder_multi_material_priming thumbnails
        thumbnails_format wipe_into_infill wipe_into_objects wipe_tower wipe_tower_bridging
        wipe_tower_brim_width wipe_tower_no_sparse_layers wipe_tower_rotation_angle
        wipe_tower_width wipe_tower_x wipe_tower_y wiping_volumes_extruders
        wiping_volumes_matrix
    """),
}
"""What Debian's PrusaSlicer 2.5 knows, each in one group."""

_BY_KEY = {key: group for group, keys in GROUPS.items() for key in keys}
# What later versions brought is called alike.
_BEGINNINGS = {
    "machine_": Group.MACHINE,
    "support_": Group.SUPPORTS,
    "raft_": Group.SUPPORTS,
    "retract_": Group.RETRACTION,
    "filament_retract_": Group.RETRACTION,
    "wall_": Group.WALLS,
}
_PARTS = {
    "temperature": Group.TEMPERATURES,
    "fan_": Group.COOLING,
    "perimeter": Group.WALLS,
    "infill": Group.INFILL,
    "acceleration": Group.SPEEDS,
    "_speed": Group.SPEEDS,
}


def group_of(key: str) -> Group:
    """Return the heading of a setting; one that is not known is put by its name."""
    known = _BY_KEY.get(key)
    if known is not None:
        return known
    if key.endswith("_gcode"):
        return Group.GCODE
    begun = (group for start, group in _BEGINNINGS.items() if key.startswith(start))
    within = (group for part, group in _PARTS.items() if part in key)
    return next(begun, next(within, Group.OTHER))
