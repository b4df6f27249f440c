"""The units of settings, as people write them behind a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_FIGURES = re.compile(r"-?[\d.]+(?:,-?[\d.]+)*")


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNITS: Mapping[str, frozenset[str]] = {
    "°C": _keys("""
        bed_temperature first_layer_bed_temperature first_layer_temperature
        standby_temperature_delta temperature
    """),
    "mm/s": _keys("""
        bridge_speed deretract_speed external_perimeter_speed filament_cooling_final_speed
        filament_cooling_initial_speed filament_deretract_speed filament_loading_speed
        filament_loading_speed_start filament_retract_speed filament_unloading_speed
        filament_unloading_speed_start first_layer_speed first_layer_speed_over_raft
        gap_fill_speed infill_speed ironing_speed machine_max_feedrate_e machine_max_feedrate_x
        machine_max_feedrate_y machine_max_feedrate_z machine_max_jerk_e machine_max_jerk_x
        machine_max_jerk_y machine_max_jerk_z machine_min_extruding_rate machine_min_travel_rate
        max_print_speed min_print_speed perimeter_speed retract_speed small_perimeter_speed
        solid_infill_speed support_material_interface_speed support_material_speed
        top_solid_infill_speed travel_speed travel_speed_z
    """),
    "mm/s²": _keys("""
        bridge_acceleration default_acceleration first_layer_acceleration
        first_layer_acceleration_over_raft infill_acceleration machine_max_acceleration_e
        machine_max_acceleration_extruding machine_max_acceleration_retracting
        machine_max_acceleration_travel machine_max_acceleration_x machine_max_acceleration_y
        machine_max_acceleration_z perimeter_acceleration
    """),
    "mm³/s": _keys("filament_max_volumetric_speed max_volumetric_speed"),
    "mm³/s²": _keys("""
        max_volumetric_extrusion_rate_slope_negative max_volumetric_extrusion_rate_slope_positive
    """),
    "mm": _keys("""
        avoid_crossing_perimeters_max_detour bottom_solid_min_thickness brim_separation brim_width
        cooling_tube_length cooling_tube_retraction duplicate_distance elefant_foot_compensation
        external_perimeter_extrusion_width extra_loading_move extruder_clearance_height
        extruder_clearance_radius extrusion_width filament_diameter filament_retract_before_travel
        filament_retract_length filament_retract_lift filament_retract_lift_above
        filament_retract_lift_below filament_retract_restart_extra first_layer_extrusion_width
        first_layer_height fuzzy_skin_point_dist fuzzy_skin_thickness gcode_resolution
        infill_anchor infill_anchor_max infill_extrusion_width infill_overlap ironing_spacing
        layer_height max_layer_height max_print_height min_bead_width min_feature_size
        min_layer_height min_skirt_length mmu_segmented_region_max_width nozzle_diameter
        parking_pos_retraction perimeter_extrusion_width raft_contact_distance raft_expansion
        raft_first_layer_expansion resolution retract_before_travel retract_length
        retract_length_toolchange retract_lift retract_lift_above retract_lift_below
        retract_restart_extra retract_restart_extra_toolchange skirt_distance
        slice_closing_radius solid_infill_extrusion_width support_material_bottom_contact_distance
        support_material_closing_radius support_material_contact_distance
        support_material_extrusion_width support_material_interface_spacing
        support_material_spacing support_material_xy_spacing top_infill_extrusion_width
        top_solid_min_thickness wall_transition_filter_deviation wall_transition_length
        wipe_tower_bridging wipe_tower_brim_width wipe_tower_width wipe_tower_x wipe_tower_y
        xy_size_compensation z_offset
    """),
    "mm²": _keys("solid_infill_below_area"),
    "mm³": _keys("""
        filament_minimal_purge_on_wipe_tower wiping_volumes_extruders wiping_volumes_matrix
    """),
    "%": _keys("bridge_fan_speed max_fan_speed min_fan_speed"),
    "s": _keys("""
        fan_below_layer_time filament_load_time filament_toolchange_delay filament_unload_time
        slowdown_below_layer_time
    """),
    "°": _keys("""
        bridge_angle fill_angle support_material_angle support_material_threshold
        wall_transition_angle wipe_tower_rotation_angle
    """),
    "g": _keys("filament_spool_weight"),
    "g/cm³": _keys("filament_density"),
}
_BY_KEY = {key: unit for unit, keys in UNITS.items() for key in keys}


def unit_of(key: str, value: str) -> str:
    """Return the unit of a value; nothing where it says its own, `50%`, or has none."""
    return _BY_KEY.get(key, "") if _FIGURES.fullmatch(value) else ""
