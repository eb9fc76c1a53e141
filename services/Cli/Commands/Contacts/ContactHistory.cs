using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Cli.Commands.Contacts;

/// <summary>Commands about the history of a contact.</summary>
internal static class ContactHistory
{
    /// <summary>`contacts consent`.</summary>
    public static Command Consent()
    {
        var key = Keys.Contact.Argument();
        var channel = new Option<string>("--channel") { Description = "The channel. Defaults to email.", HelpName = "email|sms" }.AcceptOnlyFrom("email", "sms");
        var state = Options.Text("--state", "Record this state.", "subscribed|unsubscribed|never")
            .AcceptOnlyFrom("subscribed", "unsubscribed", "never");
        var source = Options.Text("--source", "The source, for example \"web form\".");
        var command = new Command("consent", "Lists the consent history of a contact; with --state, records new consent.") { key, channel, state, source };
        return command.Runs(async (session, ct) =>
        {
            var account = session.RequireAccount();
            var contact = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            if (session.Get(state) is { } wanted)
            {
                var consent = new Consent
                {
                    Channel = session.Get(channel) is "sms" ? Channel.Sms : Channel.Email,
                    State = Enum.Parse<State>(wanted, ignoreCase: true),
                    Source = session.Get(source) ?? "",
                };
                var request = new SetConsentRequest { Account = account, ContactId = contact.ContactId, Consent = consent, RequestId = RequestId.New() };
                await session.Services.Contacts.SetConsentAsync(request, cancellationToken: ct);
            }

            var history = await session.Services.Contacts.ListConsentHistoryAsync(
                new ListConsentHistoryRequest { Account = account, ContactId = contact.ContactId }, cancellationToken: ct);
            session.Report.Write(history, () => ConsentView(history));
        });
    }

    private static Table ConsentView(ListConsentHistoryResponse history) => Report.Table(
        history.Changes,
        ("since", c => c.Consent.Time), ("channel", c => c.Consent.Channel), ("state", c => c.Consent.State),
        ("source", c => c.Consent.Source), ("recorded", c => c.RecordTime), ("by", c => c.Actor));

    private const int PageSize = 100;

    /// <summary>`contacts timeline`.</summary>
    public static Command Timeline()
    {
        var key = Keys.Contact.Argument();
        var limit = Options.Limit(PageSize);
        var command = new Command("timeline", "Lists everything that happened to a contact, newest first.") { key, limit };
        return command.Runs(async (session, ct) =>
        {
            var contact = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            var request = new ListContactTimelineRequest { Account = session.RequireAccount(), ContactId = contact.ContactId };
            var found = await Pages.FirstAsync(
                request, session.Get(limit), r => session.Services.Contacts.ListContactTimelineAsync(r, cancellationToken: ct), page => page.Entries, PageSize);
            var names = await NamesAsync(session, found.Entries, ct);
            session.Report.Write(found, () => TimelineView(found, names));
        });
    }

    private static Task<Names> NamesAsync(Session session, IReadOnlyCollection<TimelineEntry> entries, CancellationToken ct) => Names.FindAsync(
        session,
        entries.Where(entry => entry.Tag is not null).Select(entry => entry.Tag.TagId),
        entries.Select(entry => entry.Activity?.CampaignId ?? Names.CampaignOf(entry.Tag?.Cause ?? entry.Contact?.Cause)),
        entries.Select(entry => entry.Run?.WorkflowId ?? ""),
        ct);

    private static Table TimelineView(ListContactTimelineResponse found, Names names)
    {
        var table = Report.Empty("time", "what", "details");
        foreach (var entry in found.Entries)
        {
            var (what, details) = Describe(entry, names);
            table.Row(entry.Time, what, details);
        }
        return table;
    }

    private static (string What, string Details) Describe(TimelineEntry entry, Names names) => entry.WhatCase switch
    {
        TimelineEntry.WhatOneofCase.Contact => Describe(entry.Contact, names),
        TimelineEntry.WhatOneofCase.Tag => ($"tag {entry.Tag.Kind}", $"{names.Tag(entry.Tag.TagId)}, {names.Cause(entry.Tag.Cause)}"),
        TimelineEntry.WhatOneofCase.Activity => ($"activity {entry.Activity.Kind}{(entry.Activity.Bounce == 0 ? "" : $" ({entry.Activity.Bounce})")}", names.Campaign(entry.Activity.CampaignId)),
        TimelineEntry.WhatOneofCase.Run => ($"workflow {entry.Run.State}", $"{names.Workflow(entry.Run.WorkflowId)} {entry.Run.NodeId}".TrimEnd()),
        TimelineEntry.WhatOneofCase.Step => ($"workflow step {entry.Step.Step.Outcome}", $"{entry.Step.Workflow}: {entry.Step.Step.Input} {entry.Step.Step.Detail}".TrimEnd()),
        _ => ("", ""),
    };

    private static (string What, string Details) Describe(ContactEvent change, Names names) =>
        change.OpportunityId == 0
            ? ($"contact {change.Kind}", string.Join(", ", [.. change.ChangedFields, names.Cause(change.Cause)]))
            : ($"opportunity {change.OpportunityId}", change.PreviousStageId == 0 ? $"in stage #{change.StageId}" : $"from stage #{change.PreviousStageId} to #{change.StageId}");
}
