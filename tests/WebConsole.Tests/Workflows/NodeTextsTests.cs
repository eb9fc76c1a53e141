using TagSegments.WebConsole.Pages.Workflows;

namespace TagSegments.WebConsole.Tests.Workflows;

/// <summary>Nodes in the text of a workflow: found with their lines, and changed without touching anything else.</summary>
public sealed class NodeTextsTests
{
    private const string Yaml = """
        # The first 🙂 comment stays.
        name: Nurture
        nodes:
        - id: greet   # so does this
          next: "pause"
          send_message:
            subject: 'It''s time, {{ contact.first_name }}'
            text: |
              Two
              lines

        # Between.
        - { id: pause, wait: { period: 3 days } }
        - id: where
          branch:
            branches:
            - name: Opened
              when: opened email in last 7 days
              next: pause
            otherwise: greet
        """;

    [Fact]
    public void Nodes_are_found_with_their_lines_and_settings()
    {
        var nodes = NodeTexts.Of(Yaml);

        Assert.Equal([("greet", 4, 10), ("pause", 13, 13), ("where", 14, 20)], nodes.Select(node => (node.Id, node.FirstLine, node.LastLine)));
        Assert.Equal(["id", "next", "send_message.subject", "send_message.text"], nodes[0].Settings.Select(setting => setting.Path));
        Assert.Equal("It's time, {{ contact.first_name }}", nodes[0].Settings[2].Value);
        Assert.Contains(nodes[2].Settings, setting => setting is { Path: "branch.branches[0].when", Value: "opened email in last 7 days" });
    }

    [Theory]
    [InlineData(0, "next", "other", "  next: \"other\"")]
    [InlineData(0, "send_message.subject", "Say \"hi\": {{ x }} # no comment", "    subject: \"Say \\\"hi\\\": {{ x }} # no comment\"")]
    [InlineData(0, "send_message.text", "One\nmore", "    text: \"One\\nmore\"")]
    [InlineData(1, "wait.period", "2 days", "- { id: pause, wait: { period: \"2 days\" } }")]
    [InlineData(2, "branch.otherwise", "pause", "    otherwise: pause")]
    public void A_setting_is_written_in_its_place(int node, string path, string value, string line)
    {
        var setting = NodeTexts.Of(Yaml)[node].Settings.Single(setting => setting.Path == path);
        var changed = NodeTexts.Replace(Yaml, setting, value);

        Assert.Contains(line, changed.Split('\n'));
        Assert.Contains("# The first 🙂 comment stays.", changed, StringComparison.Ordinal);
        Assert.Contains("# Between.", changed, StringComparison.Ordinal);
        Assert.Equal(value, NodeTexts.Of(changed)[node].Settings.Single(setting => setting.Path == path).Value);
        Assert.Equal(NodeTexts.Of(Yaml).Sum(n => n.Settings.Count), NodeTexts.Of(changed).Sum(n => n.Settings.Count));
    }

    [Fact]
    public void A_text_without_nodes_has_none() => Assert.Empty(NodeTexts.Of("name: Nothing"));
}
