using System.Text;
using static TagSegments.Testing.HostileTexts.HostileText;

namespace TagSegments.Testing.HostileTexts;

/// <summary>YAML that is deep, wide, quadratic, or a sound workflow around a hostile text of another language.</summary>
internal static class YamlTexts
{
    private const string Head = "name: Hostile\ntriggers:\n- contact_created: {}\nnodes:\n";

    public static IReadOnlyList<HostileText> All { get; } =
    [
        Deep("- "),
        Deep("? "),
        Deep("["),
        Deep("{"),
        Deep("{a: "),
        Deep("[a, "),
        Deep("[", "a", "]", "name: "),
        Deep("{a: ", "b", "}", "nodes: "),
        Deep("[{nodes: ", "x", "}]", "nodes: "),
        Deep("- - - - ", before: Head),
        Deep("a: &a [*a, ", before: Head),
        Deep("!!map {a: "),
        Wide("a: b\n"),
        Wide("- a\n", "name:\n"),
        Wide("a", "name: "),
        Wide("a", "", ": b"),
        Wide("\\x41", "name: \""),
        Wide("\\U0001F600", "name: \"", "\""),
        Wide("\\0", "name: \"", "\""),
        Wide("\\uD800", "name: \"", "\""),
        Wide("'", "name: '"),
        Wide("\"", "name: "),
        Wide("#\n"),
        Wide("---\n"),
        Wide("...\n"),
        Wide("%TAG ! tag:x,2000:\n"),
        Wide("!", "name: !"),
        Wide("&a ", "name: "),
        Wide("*a, ", "name: ["),
        Wide("\t"),
        Wide("\r"),
        Wide("\n"),
        Wide(" ", "name:"),
        Wide(" a\n", "name: |\n"),
        Wide("\n", "name: >\n a"),
        Wide("9", "nodes: [{id: a, wait: {period: ", " days}}]"),
        Numbered("numbered keys", i => $"k{i}: v\n"),
        Numbered("numbered nodes", i => $"- id: n{i}\n  next: n{i + 1}\n  add_tag: {{tag: Hot}}\n", Head),
        Numbered("numbered branches", i => $"{{when: everyone, next: n{i}}}, ", $"{Head}- id: n\n  branch: {{branches: [", "]}"),
        Numbered("numbered triggers", _ => "- contact_created: {}\n", "name: Hostile\nnodes: []\ntriggers:\n"),
        Numbered("unknown fields", i => $"  unknown_{i}: x\n", $"{Head}- id: a\n"),
        Fixed("a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n"),
        Fixed($"{Head}- id: a\n  wait: {{period: 99999999999999999999 days}}\n"),
        Fixed($"{Head}- id: a\n  wait: {{moment: {{time: 0000-00-00T99:99, zone: Mars/Olympus}}}}\n"),
        Fixed($"{Head}- id: a\n  next: a\n  add_tag: {{tag: Hot}}\n"),
        new("indented maps", (size, _) => Stairs(size, "a:")),
        new("indented lists", (size, _) => Stairs(size, "-")),
        Around("a template", LiquidTexts.All, "- id: a\n  send_message: {subject: Hello, text: ", "}\n"),
        Around("a page", HtmlTexts.All, "- id: a\n  send_message: {subject: Hello, text: Hello, html: ", "}\n"),
        Around("a condition", FilterTexts.All, "- id: a\n  branch: {branches: [{when: ", ", next: b}]}\n- id: b\n  end: {}\n"),
        Around("a name", PlainTexts.All, "- id: a\n  add_tag: {tag: ", "}\n"),
    ];

    // A sound workflow with a hostile text as a quoted value.
    private static HostileText Around(string what, IReadOnlyList<HostileText> texts, string before, string after) => new($"workflow around {what}", (size, random) =>
    {
        var quoted = System.Text.Json.JsonSerializer.Serialize(texts[random.Next(texts.Count)].Make(size, random));
        return Head + before + quoted + after;
    });

    // Each line is indented by one more: the text grows with the square of the depth.
    private static string Stairs(int size, string line)
    {
        var text = new StringBuilder();
        for (var depth = 0; text.Length < size; depth++)
        {
            text.Append(' ', depth).Append(line).Append('\n');
        }

        return text.ToString();
    }
}
