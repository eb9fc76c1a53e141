using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.SmartLists;

/// <summary>The options of a smart list, common to `smartlists create` and `smartlists update`.</summary>
internal sealed class SmartListOptions
{
    private readonly Option<string> _description = Options.Text("--description", "The purpose of the list.");
    private readonly Option<string> _columns = Options.Text("--columns", "The columns to show, separated by commas: contact attributes, `tags`, and custom fields by key.", "a,b,...");
    private readonly Option<string> _sort = Options.Text("--sort", "The column to sort by; empty for the contact's number.", "column");
    private readonly Option<bool> _descending = new("--descending") { Description = "Sort in descending order." };
    private readonly Option<string> _includeTag = Options.Text("--include-tag", "The tag that includes a contact; empty for none.", "tag");
    private readonly Option<string> _excludeTag = Options.Text("--exclude-tag", "The tag that excludes a contact; empty for none.", "tag");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _description, _columns, _sort, _descending, _includeTag, _excludeTag })
            command.Options.Add(option);
    }

    /// <summary>Copies the given options to a list and returns the changed fields.</summary>
    public async Task<List<string>> ApplyAsync(Session session, SmartList list, CancellationToken ct)
    {
        var changed = new List<string>();
        if (session.Given(_description))
            (list.Description, _) = (session.Get(_description)!, Add("description"));
        if (session.Given(_columns))
        {
            list.Columns.Clear();
            list.Columns.Add(Options.Names([session.Get(_columns)!]));
            Add("columns");
        }

        if (session.Given(_sort) || session.Given(_descending))
        {
            list.Sort = new SmartListSort { Column = session.Get(_sort) ?? list.Sort?.Column ?? "", Descending = session.Get(_descending) };
            Add("sort");
        }

        if (session.Given(_includeTag))
            (list.IncludeTagId, _) = (await TagIdAsync(session, session.Get(_includeTag)!, ct), Add("include_tag_id"));
        if (session.Given(_excludeTag))
            (list.ExcludeTagId, _) = (await TagIdAsync(session, session.Get(_excludeTag)!, ct), Add("exclude_tag_id"));
        return changed;

        bool Add(string field)
        {
            changed.Add(field);
            return true;
        }
    }

    private static async Task<int> TagIdAsync(Session session, string name, CancellationToken ct)
    {
        if (name.Length == 0)
            return 0;
        var request = new GetTagRequest { Account = session.RequireAccount(), Name = name };
        return (await session.Services.Tags.GetTagAsync(request, cancellationToken: ct)).Tag.TagId;
    }
}
