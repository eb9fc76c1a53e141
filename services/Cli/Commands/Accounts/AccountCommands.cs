using System.CommandLine;
using Crm.Accounts.V1;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Accounts;

/// <summary>Commands about accounts.</summary>
internal static class AccountCommands
{
    /// <summary>`accounts`.</summary>
    public static Command Build() => new("accounts", "The tenants of the installation.")
    {
        List(), Create(), CountryCommand(), Delete(), Restore(), LimitsCommand.Build(), RetentionCommand.Build(), AuditCommand.Build(),
        Whoami(),
    };

    private static Command List() => new Command("list", "Lists the accounts.").Runs(async (session, ct) =>
    {
        var request = new ListAccountsRequest();
        var all = await Pages.AllAsync(request, r => session.Services.Accounts.ListAccountsAsync(r, cancellationToken: ct), page => page.Accounts);

        session.Report.Write(all, () => Report.Table(
            all.Accounts,
            ("account", account => account.Name), ("time zone", account => account.TimeZone),
            ("created", account => account.CreateTime), ("deleted", account => account.DeleteTime)));
    });

    private static Command Whoami() => new Command("whoami", "Shows the name that the services have for you, and what you may do in the account.").Runs(async (session, ct) =>
    {
        var caller = await session.Services.Accounts.GetCallerAsync(new() { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(caller, $"{caller.Name}: {string.Join(", ", caller.Permissions.Select(permission => permission.AsWords()))}");
    });

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The account's name: a-z, 0-9, - and _." };
        var zone = Options.Text("--time-zone", "The IANA time zone of calendar windows. Defaults to UTC.", "zone");
        var country = Options.Text("--country", "The country of phone numbers without a country code, for example AT.", "code");
        var command = new Command("create", "Creates an account.") { name, zone, country };
        return command.Runs(async (session, ct) =>
        {
            var request = new CreateAccountRequest
            {
                Account = session.Get(name),
                TimeZone = session.Get(zone) ?? "",
                Country = session.Get(country) ?? "",
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Accounts.CreateAccountAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Account, $"Account {answer.Account.Name} created.");
        });
    }

    private static Command CountryCommand()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var country = new Argument<string>("country") { Description = "Two letters of ISO 3166, for example AT; \"\" for none." };
        var command = new Command("country", "Sets the country of phone numbers without a country code.") { name, country };
        return command.Runs(async (session, ct) =>
        {
            var request = new UpdateAccountRequest { Account = session.Get(name), Country = session.Get(country), RequestId = RequestId.New() };
            var answer = await session.Services.Accounts.UpdateAccountAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Account, $"Account {answer.Account.Name} has the country \"{answer.Account.Country}\". The numbers of its contacts follow.");
        });
    }

    private static Command Delete()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var command = new Command("delete", "Deletes an account. It can be restored for some time; then everything of it is erased.") { name };
        return command.Runs(async (session, ct) =>
        {
            var request = new DeleteAccountRequest { Account = session.Get(name), RequestId = RequestId.New() };
            var answer = await session.Services.Accounts.DeleteAccountAsync(request, cancellationToken: ct);
            session.Report.Write(
                answer, $"Account {answer.Account.Name} is deleted. `tagsegments accounts restore {answer.Account.Name}` works until {Times.Text(answer.EraseTime)}.");
        });
    }

    private static Command Restore()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var command = new Command("restore", "Restores a deleted account that is not being erased yet.") { name };
        return command.Runs(async (session, ct) =>
        {
            var request = new RestoreAccountRequest { Account = session.Get(name), RequestId = RequestId.New() };
            var answer = await session.Services.Accounts.RestoreAccountAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Account, $"Account {answer.Account.Name} is restored.");
        });
    }
}
