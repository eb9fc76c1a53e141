using System.CommandLine;
using Crm.Accounts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`accounts list`.</summary>
internal static class AccountsList
{
    public static Command Create() => new Command("list", "Lists the accounts.").Runs(async (session, ct) =>
    {
        var all = new ListAccountsResponse();
        var request = new ListAccountsRequest { PageSize = 1000 };
        do
        {
            var page = await session.Services.Accounts.ListAccountsAsync(request, cancellationToken: ct);
            all.Accounts.Add(page.Accounts);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");

        session.Report.Write(all, () =>
        {
            var table = Report.Table("account", "time zone", "created");
            foreach (var account in all.Accounts)
                table.AddRow(account.Name.Cell(), account.TimeZone.Cell(), account.CreateTime.Cell());
            return table;
        });
    });
}
