using System.CommandLine;
using Crm.Accounts.V1;
using Google.Protobuf.Reflection;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Accounts;

/// <summary>`accounts retention`: how long an account keeps what.</summary>
internal static class RetentionCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var reset = new Option<bool>("--reset") { Description = "First gives the account the times of the installation." };
        var command = new Command("retention", "Shows how many days an account keeps what, or sets the given times; 0 is for ever.") { name, reset };
        var options = AccountRetention.Descriptor.Fields.InDeclarationOrder().ToDictionary(field => field, Option);
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        return command.Runs(async (session, ct) =>
        {
            var given = options.Where(option => session.Get(option.Value) is not null).ToList();
            var account = (await session.Services.Accounts.GetAccountAsync(new() { Account = session.Get(name) }, cancellationToken: ct)).Account;
            if (given.Count > 0 || session.Get(reset))
            {
                var retention = session.Get(reset) || account.Retention is null ? new AccountRetention() : account.Retention;
                given.ForEach(option => option.Key.Accessor.SetValue(retention, session.Get(option.Value)!.Value));
                var request = new SetAccountRetentionRequest { Account = account.Name, Retention = retention, RequestId = RequestId.New() };
                account = (await session.Services.Accounts.SetAccountRetentionAsync(request, cancellationToken: ct)).Account;
            }

            session.Report.Write(account, () => Report.Table(
                options.Keys,
                ("kind", field => field.Name.Replace("_days", "", StringComparison.Ordinal)), ("days", field => ValueOf(field, account.Retention))));
        });
    }

    private static Option<int?> Option(FieldDescriptor field) =>
        Options.OptionalNumber($"--{field.Name.Replace('_', '-')}", $"The time `{field.Name}`.", "days", least: 0);

    private static object ValueOf(FieldDescriptor field, AccountRetention? retention) =>
        retention is not null && field.Accessor.HasValue(retention) ? field.Accessor.GetValue(retention) : "of the installation";
}
