"""The emoji names that a workspace of engineers reaches for; Slack itself knows some 3,000."""

NAMES = frozenset(
    """
    +1 -1 100 alarm_clock ambulance anchor apple arrow_backward arrow_down arrow_forward arrow_left
    arrow_right arrow_up arrows_clockwise arrows_counterclockwise ballot_box_with_check bangbang bell
    black_square_for_stop blue_heart boom broken_heart bug bulb chart_with_downwards_trend
    chart_with_upwards_trend clap clipboard clock1 closed_lock_with_key cloud cold_sweat computer
    confused construction cry double_vertical_bar exclamation eyes facepalm fearful fire fire_engine
    firecracker fireworks gear ghost green_heart grey_exclamation grey_question grin hammer
    hammer_and_wrench handshake heart heavy_check_mark heavy_exclamation_mark heavy_minus_sign
    heavy_plus_sign hourglass hourglass_flowing_sand information_source joy key knife large_blue_circle
    large_green_circle large_yellow_circle leftwards_arrow_with_hook link lock loudspeaker mag mag_right
    mega memo muscle mute new no_bell no_entry no_entry_sign octagonal_sign ok ok_hand open_mouth
    package palms_up_together party_popper pause_button pencil pencil2 play_or_pause_button point_down
    point_left point_right point_up pray pushpin question raised_hand raised_hands recycle red_circle
    repeat rewind robot_face rocket rotating_light run runner sad scream see_no_evil shield ship shrug
    skull sleeping slightly_smiling_face smile snail sob sos sparkles speech_balloon star stop_sign
    stopwatch sunny sweat_smile tada thinking_face thumbsdown thumbsup timer_clock tired_face tools
    traffic_light triangular_flag_on_post truck turtle unlock vertical_traffic_light warning wastebasket
    watch wave whale white_check_mark white_circle wrench x zap zzz
    """.split()  # noqa: SIM905 - a list of two hundred literals reads worse
)
