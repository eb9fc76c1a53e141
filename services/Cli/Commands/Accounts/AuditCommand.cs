using System.CommandLine;
using Crm.Accounts.V1;
using Google.Protobuf;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Accounts;

/// <summary>`accounts audit`: what administrators did.</summary>
internal static class AuditCommand
{
    public static Command Build()
    {
        var platform = new Option<bool>("--platform") { Description = "What the platform did to accounts, instead of what an account's administrators did." };
        var limit = Options.Limit(100);
        var command = new Command("audit", "Lists what administrators did, newest first, also what was refused.") { platform, limit };
        return command.Runs(async (session, ct) =>
        {
            if (session.Get(platform))
            {
                var found = await Pages.FirstAsync(
                    new ListPlatformEventsRequest(), session.Get(limit), r => session.Services.Accounts.ListPlatformEventsAsync(r, cancellationToken: ct), page => page.Events);
                Write(session, found, found.Events);
            }
            else
            {
                var request = new ListAdminEventsRequest { Account = session.RequireAccount() };
                var found = await Pages.FirstAsync(
                    request, session.Get(limit), r => session.Services.Accounts.ListAdminEventsAsync(r, cancellationToken: ct), page => page.Events);
                Write(session, found, found.Events);
            }
        });
    }

    private static void Write(Session session, IMessage found, IEnumerable<AdminEvent> events) => session.Report.Write(found, () => Report.Table(
        events,
        ("time", entry => entry.Time), ("who", entry => entry.Actor), ("call", entry => entry.Call[(entry.Call.LastIndexOf('.') + 1)..]),
        ("named", entry => entry.Named), ("outcome", entry => entry.Outcome)));
}
