using System.CommandLine;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Senders;

/// <summary>Commands about who an account sends as.</summary>
internal static class SenderCommands
{
    /// <summary>`senders`.</summary>
    public static Command Build() => new("senders", "The domains that the account may send from.")
    {
        List(), Add(), Verify(), Remove(),
    };

    private static Command List()
    {
        var command = new Command("list", "Lists the domains of the account.");
        return command.Runs(async (session, ct) =>
        {
            var request = new ListSenderDomainsRequest { Account = session.RequireAccount() };
            var all = await Pages.AllAsync(request, r => session.Services.Senders.ListSenderDomainsAsync(r, cancellationToken: ct), page => page.Domains);
            session.Report.Write(all, () => View(all.Domains));
        });
    }

    private static Command Add()
    {
        var domain = DomainArgument();
        var command = new Command("add", "Adds a domain and shows the TXT record to publish.") { domain };
        return command.Runs(async (session, ct) =>
        {
            var request = new AddSenderDomainRequest { Account = session.RequireAccount(), Domain = session.Get(domain), RequestId = RequestId.New() };
            var added = (await session.Services.Senders.AddSenderDomainAsync(request, cancellationToken: ct)).Domain;
            session.Report.Write(added, () => new Text(
                $"Publish this TXT record, then run: tagsegments senders verify {added.Domain}\n{added.RecordName}  {added.RecordText}"));
        });
    }

    private static Command Verify()
    {
        var domain = DomainArgument();
        var command = new Command("verify", "Looks for the TXT record of a domain.") { domain };
        return command.Runs(async (session, ct) =>
        {
            var request = new VerifySenderDomainRequest { Account = session.RequireAccount(), Domain = session.Get(domain) };
            var found = (await session.Services.Senders.VerifySenderDomainAsync(request, cancellationToken: ct)).Domain;
            session.Report.Write(found, () => View([found]));
            return found.Problem is "" ? ExitCode.Done : ExitCode.Partial;
        });
    }

    private static Command Remove()
    {
        var domain = DomainArgument();
        var command = new Command("remove", "Removes a domain. Campaigns that are scheduled with it will fail.") { domain };
        return command.Runs(async (session, ct) =>
        {
            var request = new RemoveSenderDomainRequest { Account = session.RequireAccount(), Domain = session.Get(domain), RequestId = RequestId.New() };
            var answer = await session.Services.Senders.RemoveSenderDomainAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{request.Domain} is removed.");
        });
    }

    private static Argument<string> DomainArgument() => new("domain") { Description = "The domain, for example acme.example." };

    private static Table View(IEnumerable<SenderDomain> domains) => Report.Table(
        domains,
        ("domain", d => d.Domain), ("state", d => d.State), ("record", d => d.RecordName), ("text", d => d.RecordText), ("problem", d => d.Problem));
}
