using System.CommandLine;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts timeline`.</summary>
internal static class ContactsTimeline
{
    private const int PageSize = 100;

    public static Command Create()
    {
        var key = ContactKey.Argument();
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => PageSize, HelpName = "n" };
        var command = new Command("timeline", "Lists what happened to a contact and what it did, newest first.") { key, limit };
        return command.Runs(async (session, ct) =>
        {
            var contact = await ContactKey.GetAsync(session, session.Get(key), ct);
            var request = new ListContactTimelineRequest { Account = session.RequireAccount(), ContactId = contact.ContactId };
            var found = new ListContactTimelineResponse();
            do
            {
                request.PageSize = Math.Clamp(session.Get(limit) - found.Entries.Count, 1, PageSize);
                var page = await session.Services.Contacts.ListContactTimelineAsync(request, cancellationToken: ct);
                found.Entries.Add(page.Entries);
                found.NextPageToken = request.PageToken = page.NextPageToken;
            }
            while (found.NextPageToken is not "" && found.Entries.Count < session.Get(limit));
            var names = await NamesAsync(session, found.Entries, ct);
            session.Report.Write(found, () => View(found, names));
        });
    }

    private static Task<Names> NamesAsync(Session session, IReadOnlyCollection<TimelineEntry> entries, CancellationToken ct) => Names.FindAsync(
        session,
        entries.Where(entry => entry.Tag is not null).Select(entry => entry.Tag.TagId),
        entries.Select(entry => entry.Activity?.CampaignId ?? Names.CampaignOf(entry.Tag?.Cause ?? entry.Contact?.Cause)),
        entries.Select(entry => entry.Run?.WorkflowId ?? ""),
        ct);

    private static Table View(ListContactTimelineResponse found, Names names)
    {
        var table = Report.Table("time", "what", "details");
        foreach (var entry in found.Entries)
        {
            var (what, details) = Describe(entry, names);
            table.AddRow(entry.Time.Cell(), what.Cell(), details.Cell());
        }
        return table;
    }

    private static (string What, string Details) Describe(TimelineEntry entry, Names names) => entry.WhatCase switch
    {
        TimelineEntry.WhatOneofCase.Contact => Describe(entry.Contact, names),
        TimelineEntry.WhatOneofCase.Tag => ($"tag {entry.Tag.Kind}", $"{names.Tag(entry.Tag.TagId)}, {names.Cause(entry.Tag.Cause)}"),
        TimelineEntry.WhatOneofCase.Activity => ($"activity {entry.Activity.Kind}", names.Campaign(entry.Activity.CampaignId)),
        TimelineEntry.WhatOneofCase.Run => ($"workflow {entry.Run.State}", $"{names.Workflow(entry.Run.WorkflowId)} {entry.Run.NodeId}".TrimEnd()),
        TimelineEntry.WhatOneofCase.Step => ($"workflow step {entry.Step.Step.Outcome}", $"{entry.Step.Workflow}: {entry.Step.Step.Input} {entry.Step.Step.Detail}".TrimEnd()),
        _ => ("", ""),
    };

    private static (string What, string Details) Describe(ContactEvent change, Names names) =>
        change.OpportunityId == 0
            ? ($"contact {change.Kind}", string.Join(", ", [.. change.ChangedFields, names.Cause(change.Cause)]))
            : ($"opportunity {change.OpportunityId}", change.PreviousStageId == 0 ? $"in stage #{change.StageId}" : $"from stage #{change.PreviousStageId} to #{change.StageId}");
}
