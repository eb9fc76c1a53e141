using System.CommandLine;
using Crm.Accounts.V1;
using Google.Protobuf.Reflection;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Accounts;

/// <summary>`accounts limits`: what an account may use at once.</summary>
internal static class LimitsCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var reset = new Option<bool>("--reset") { Description = "First gives the account the limits of the installation." };
        var command = new Command("limits", "Shows the limits of an account, or sets the given ones.") { name, reset };
        var options = AccountLimits.Descriptor.Fields.InDeclarationOrder().ToDictionary(field => field, Option);
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
                var limits = session.Get(reset) || account.Limits is null ? new AccountLimits() : account.Limits;
                given.ForEach(option => option.Key.Accessor.SetValue(limits, session.Get(option.Value)!.Value));
                var request = new SetAccountLimitsRequest { Account = account.Name, Limits = limits, RequestId = RequestId.New() };
                account = (await session.Services.Accounts.SetAccountLimitsAsync(request, cancellationToken: ct)).Account;
            }

            session.Report.Write(account, () => Report.Table(
                options.Keys,
                ("limit", field => field.Name.Replace('_', ' ')), ("value", field => ValueOf(field, account.Limits))));
        });
    }

    private static Option<int?> Option(FieldDescriptor field) =>
        Options.OptionalNumber($"--{field.Name.Replace('_', '-')}", $"The limit `{field.Name}`.", "number", least: 0);

    private static object ValueOf(FieldDescriptor field, AccountLimits? limits) =>
        limits is not null && field.Accessor.HasValue(limits) ? field.Accessor.GetValue(limits) : "of the installation";
}
