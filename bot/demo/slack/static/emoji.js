// Emoji: the short codes that people and programs commonly write, and the characters themselves. A code that
// is not here stays as it was typed.

import { h } from "./dom.js";

const TABLE = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|100 💯|alarm_clock ⏰|alert 🚨|ambulance 🚑|anchor ⚓|ant 🐜
arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_up ⬆️|arrow_right_hook ↪️|arrow_forward ▶️
arrows_counterclockwise 🔄|arrows_clockwise 🔃|back 🔙|ballot_box_with_check ☑️|bangbang ‼️|bar_chart 📊
bell 🔔|no_bell 🔕|beetle 🪲|black_circle ⚫|large_blue_circle 🔵|blue_heart 💙|bomb 💣|book 📖|bookmark 🔖
books 📚|boom 💥|broken_heart 💔|bug 🐛|building_construction 🏗️|bulb 💡|calendar 📅
chart_with_downwards_trend 📉|chart_with_upwards_trend 📈|checkered_flag 🏁|clap 👏|clipboard 📋|clock1 🕐
closed_lock_with_key 🔐|cloud ☁️|coffee ☕|computer 💻|construction 🚧|cop 👮|crossed_fingers 🤞|cry 😢
dart 🎯|date 📆|dizzy 💫|dog 🐶|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️
stop_button ⏹️|electric_plug 🔌|exclamation ❗|heavy_exclamation_mark ❗|eyes 👀|fast_forward ⏩
file_folder 📁|fire 🔥|fire_engine 🚒|first_place_medal 🥇|flashlight 🔦|floppy_disk 💾|frowning 😦|gear ⚙️
gem 💎|ghost 👻|gift 🎁|globe_with_meridians 🌐|green_heart 💚|grey_exclamation ❕|grey_question ❔|grin 😁
hammer 🔨|hammer_and_wrench 🛠️|hankey 💩|heart ❤️|heart_eyes 😍|heavy_check_mark ✔️|heavy_minus_sign ➖
heavy_multiplication_x ✖️|heavy_plus_sign ➕|hibiscus 🌺|hourglass ⌛|hourglass_flowing_sand ⏳|house 🏠
hugging_face 🤗|inbox_tray 📥|information_source ℹ️|innocent 😇|joy 😂|key 🔑|keyboard ⌨️|label 🏷️
ladder 🪜|large_green_circle 🟢|large_orange_circle 🟠|large_yellow_circle 🟡|red_circle 🔴
white_circle ⚪|large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|laughing 😆
leftwards_arrow_with_hook ↩️|link 🔗|lock 🔒|unlock 🔓|loudspeaker 📢|mag 🔍|mag_right 🔎|mailbox 📫|mega 📣
memo 📝|pencil 📝|mute 🔇|muscle 💪|neutral_face 😐|new 🆕|no_entry ⛔|no_entry_sign 🚫|nerd_face 🤓
octopus 🐙|ok 🆗|ok_hand 👌|open_file_folder 📂|outbox_tray 📤|package 📦|page_facing_up 📄|paperclip 📎
partying_face 🥳|phone ☎️|point_down 👇|point_left 👈|point_right 👉|point_up ☝️|pray 🙏|pushpin 📌
question ❓|rabbit 🐰|rage 😡|rainbow 🌈|raised_hands 🙌|hand ✋|recycle ♻️|repeat 🔁|rewind ⏪|robot_face 🤖
rocket 🚀|rotating_light 🚨|running 🏃|satellite 🛰️|satellite_antenna 📡|scream 😱|scroll 📜|see_no_evil 🙈
seedling 🌱|shield 🛡️|ship 🚢|shrug 🤷|skull 💀|sleeping 😴|slightly_smiling_face 🙂|smile 😄|smiley 😃
smirk 😏|snail 🐌|snowflake ❄️|sob 😭|sos 🆘|sparkles ✨|speech_balloon 💬|spiral_calendar_pad 🗓️|star ⭐
stopwatch ⏱️|sunglasses 😎|sunny ☀️|sweat_smile 😅|tada 🎉|telescope 🔭|thinking_face 🤔
thought_balloon 💭|timer_clock ⏲️|tools 🛠️|traffic_light 🚦|triangular_flag_on_post 🚩|trophy 🏆
turtle 🐢|umbrella ☔|upside_down_face 🙃|warning ⚠️|wastebasket 🗑️|watch ⌚|wave 👋|wheel_of_dharma ☸️
whale 🐳|white_check_mark ✅|wink 😉|wrench 🔧|writing_hand ✍️|x ❌|yellow_heart 💛|zap ⚡
zipper_mouth_face 🤐|zzz 💤|apple 🍎|arrow_backward ◀️|cold_sweat 😰|confused 😕|facepalm 🤦|fearful 😨
firecracker 🧨|fireworks 🎆|handshake 🤝|knife 🔪|octagonal_sign 🛑|stop_sign 🛑|open_mouth 😮
palms_up_together 🤲|party_popper 🎉|pencil2 ✏️|play_or_pause_button ⏯️|raised_hand ✋|run 🏃|runner 🏃
sad 😢|tired_face 😫|truck 🚚|vertical_traffic_light 🚦
`;

const BY_NAME = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => {
      const space = entry.indexOf(" ");
      return [entry.slice(0, space), entry.slice(space + 1)];
    }),
);

/** The character for a short code without colons, or undefined. */
export function emojiNamed(name) {
  return BY_NAME.get(name.replace(/::?skin-tone-\d$/, ""));
}

/** Short codes in plain words, for text that has no other formatting. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (code, name) => emojiNamed(name) ?? code);
}

const PICTURE = /((?:(?![©®™])\p{Extended_Pictographic}[\u{FE0F}\u{200D}\u{1F3FB}-\u{1F3FF}]*)+)/u;

/** Text whose pictographs are drawn as pictures, also those that fonts would draw as plain signs, such as ⏸. */
export function pictured(text) {
  return text.split(PICTURE).map((part, at) => (at % 2 ? h("span.emoji", {}, part) : part));
}
