using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Tests.Yaml;

public sealed class YamlTests
{
    private const string Nurture = """
        name: Nurture
        description: Greets hot leads.
        triggers:
        - tag:
            change: added
            tags:
            - Hot Lead
        - activity:
            kind: clicked
            link_prefix: https://example.org/demo
        reentry: once_ever
        exit_tags:
        - Hot Lead
        nodes:
        - id: pause
          next: way
          wait:
            period: 3 days
        - id: way
          branch:
            branches:
            - name: German
              when: country = "DE" AND has tag "VIP"
              next: greet
            otherwise: done
        - id: greet
          next: done
          send_message:
            subject: "Hallo {{ contact.first_name }}: schön"
            text: |-
              Zeile eins
              Zeile zwei
        - id: done
          end: {}

        """;

    [Fact]
    public void A_definition_reads_from_yaml()
    {
        var (workflow, _) = YamlReader.Read(Nurture);

        Assert.Equal("Nurture", workflow.Name);
        Assert.Equal(["Hot Lead"], workflow.Definition.Triggers[0].Tag.Tags);
        Assert.Equal(ActivityClause.Types.Kind.Clicked, workflow.Definition.Triggers[1].Activity.Kind);
        Assert.Equal(Reentry.OnceEver, workflow.Definition.Reentry);
        Assert.Equal(new Period { Count = 3, Unit = TimeUnit.Day }, workflow.Definition.Nodes[0].Wait.Period);
        Assert.Equal("country = \"DE\" AND has tag \"VIP\"", workflow.Definition.Nodes[1].Branch.Branches[0].When.Text);
        Assert.Equal("Zeile eins\nZeile zwei", workflow.Definition.Nodes[2].SendMessage.Text);
        Assert.NotNull(workflow.Definition.Nodes[3].End);
    }

    [Fact]
    public void What_was_read_is_written_and_read_again_as_the_same()
    {
        var (workflow, _) = YamlReader.Read(Nurture);

        var text = YamlWriter.Write(workflow);

        Assert.Equal(workflow, YamlReader.Read(text).Workflow);
        Assert.Equal(text, YamlWriter.Write(YamlReader.Read(text).Workflow));
    }

    [Theory]
    [InlineData("nam: x", "nam", "line 1, column 1")]
    [InlineData("name: x\nnodes:\n- id: a\n  add_tagg: {tag: VIP}", "nodes[0].add_tagg", "line 4, column 3")]
    [InlineData("name: x\nnodes:\n- id: a\n  wait: {period: soon}", "nodes[0].wait.period", "line 4, column 10")]
    [InlineData("name: x\nreentry: sometimes", "reentry", "one of every_event, one_at_a_time, once_ever")]
    [InlineData("name: x\nnodes: {}", "nodes", "must be a list")]
    [InlineData("name: x\nnodes:\n- id: a\n  end: {}\n  wait: {period: 1 day}", "nodes[0].wait", "cannot stand beside end")]
    [InlineData("name: [x", "yaml", "line 2, column 1")]
    [InlineData("a: &a 1\nb: *a", "yaml", "aliases are not allowed")]
    [InlineData("- a list", "", "one document with the fields of a workflow")]
    public void A_fault_is_reported_with_its_path_line_and_column(string yaml, string path, string description)
    {
        var error = Expect.Failure(() => YamlReader.Read(yaml));

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
        var violations = error.Violations;
        Assert.Contains(violations, v => v.Field == path && v.Description.Contains(description, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("- ", "", "")]
    [InlineData("[", "", "")]
    [InlineData("[", "", "]")]
    [InlineData("{a: ", "1", "}")]
    [InlineData("{", "", "")]
    [InlineData("{? {a: 1} : ", "1", "}")]
    [InlineData("? ", "a", "")]
    [InlineData("nodes: [{branch: ", "1", "}]")]
    [InlineData("- - - ", "a", "")]
    public void Finding_1_yaml_of_any_depth_is_refused_with_its_place_and_ends_no_process(string open, string middle, string close)
    {
        foreach (var length in new[] { 2_000, 200_000, 1_000_000 })
        {
            var count = length / (open.Length + close.Length);
            var text = string.Concat(Enumerable.Repeat(open, count)) + middle + string.Concat(Enumerable.Repeat(close, count));

            var error = Assert.Throws<RpcException>(() => OnSmallStack(() => YamlReader.Read(text)));

            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Contains("line ", error.Status.Detail, StringComparison.Ordinal);
            Assert.Contains("column ", error.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a{0}: 1\n")]
    [InlineData("- a\n")]
    [InlineData("? a{0}\n: b\n")]
    [InlineData("'a{0}.a.a.a[': 1\n")]
    [InlineData("# a\n")]
    [InlineData("&a{0} ")]
    [InlineData("---\n")]
    [InlineData("%a\n")]
    [InlineData("\"")]
    [InlineData("a: |\n")]
    [InlineData("\t")]
    public void Finding_15_yaml_of_any_width_ends_in_time(string part)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; text.Length < 1_000_000; i++)
        {
            text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, part, i);
        }

        var error = Assert.Throws<RpcException>(() => OnSmallStack(() => YamlReader.Read(text.ToString())));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    // What recurses without a bound ends the process of the tests.
    private static void OnSmallStack(Action act)
    {
        Exception? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    act();
                }
                catch (Exception e)
                {
                    error = e;
                }
            },
            maxStackSize: 512 * 1024);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(20)), "The text took more than 20 seconds.");
        if (error is not null)
        {
            throw error;
        }
    }
}
