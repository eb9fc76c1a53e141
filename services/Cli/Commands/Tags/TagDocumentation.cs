using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>The options that describe a tag.</summary>
internal sealed class TagDocumentation
{
    private readonly Option<string> _description = Options.Text("--description", "The meaning of the tag.");
    private readonly Option<string> _color = Options.Text("--color", "The colour as #rrggbb.", "#rrggbb");
    private readonly Option<string> _when = Options.Text("--when", "When to apply the tag and when not.");
    private readonly Option<string> _examples = Options.Text("--examples", "Examples of contacts that should have it.");
    private readonly Option<string> _owner = Options.Text("--owner", "Who is responsible for the tag.");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _description, _color, _when, _examples, _owner })
            command.Options.Add(option);
    }

    /// <summary>Copies the given options to a tag and returns their names; an empty text clears a value.</summary>
    public IReadOnlyList<string> Read(Session session, Tag tag)
    {
        var given = new List<string>();
        Set(_description, "description", text => tag.Description = text);
        Set(_color, "color", text => tag.Color = text);
        Set(_when, "when_to_apply", text => tag.WhenToApply = text);
        Set(_examples, "examples", text => tag.Examples = text);
        Set(_owner, "owner", text => tag.Owner = text);
        return given;

        void Set(Option<string> option, string attribute, Action<string> set)
        {
            if (session.Get(option) is not { } text)
                return;
            set(text);
            given.Add(attribute);
        }
    }
}
