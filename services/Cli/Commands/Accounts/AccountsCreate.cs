using System.CommandLine;
using Crm.Accounts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`accounts create`.</summary>
internal static class AccountsCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The account's name: a-z, 0-9, - and _." };
        var zone = new Option<string>("--time-zone") { Description = "The IANA time zone of calendar windows. Defaults to UTC.", HelpName = "zone" };
        var command = new Command("create", "Creates an account.") { name, zone };
        return command.Runs(async (session, ct) =>
        {
            var request = new CreateAccountRequest { Account = session.Get(name), TimeZone = session.Get(zone) ?? "", RequestId = RequestId.New() };
            var answer = await session.Services.Accounts.CreateAccountAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Account, $"Account {answer.Account.Name} created.");
        });
    }
}
