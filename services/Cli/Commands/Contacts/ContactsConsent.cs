using System.CommandLine;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts consent`.</summary>
internal static class ContactsConsent
{
    public static Command Create()
    {
        var key = ContactKey.Argument();
        var channel = new Option<string>("--channel") { Description = "The channel. Defaults to email.", HelpName = "email|sms" }.AcceptOnlyFrom("email", "sms");
        var state = new Option<string>("--state") { Description = "Record this state.", HelpName = "subscribed|unsubscribed|never" }
            .AcceptOnlyFrom("subscribed", "unsubscribed", "never");
        var source = new Option<string>("--source") { Description = "Where it came from, for example \"web form\".", HelpName = "text" };
        var command = new Command("consent", "Lists how a contact's consent changed; with --state records a new one.") { key, channel, state, source };
        return command.Runs(async (session, ct) =>
        {
            var account = session.RequireAccount();
            var contact = await ContactKey.GetAsync(session, session.Get(key), ct);
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
            session.Report.Write(history, () => View(history));
        });
    }

    private static Table View(ListConsentHistoryResponse history)
    {
        var table = Report.Table("since", "channel", "state", "source", "recorded", "by");
        foreach (var c in history.Changes)
            table.AddRow(c.Consent.Time.Cell(), c.Consent.Channel.ToString().Cell(), c.Consent.State.ToString().Cell(), c.Consent.Source.Cell(), c.RecordTime.Cell(), c.Actor.Cell());
        return table;
    }
}
