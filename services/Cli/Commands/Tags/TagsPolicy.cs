using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags policy`.</summary>
internal static class TagsPolicy
{
    public static Command Create()
    {
        var mode = new Option<string>("--mode") { Description = "Set the policy: what happens to names that break it.", HelpName = "off|warn|enforce" }
            .AcceptOnlyFrom("off", "warn", "enforce");
        var title = new Option<bool>("--title-case") { Description = "Every word begins with a capital letter." };
        var prefixes = new Option<string[]>("--prefix") { Description = "A prefix that names with a colon may have, for example Source: ; may be given several times.", HelpName = "text" };
        var forbidden = new Option<string>("--forbid") { Description = "Characters that names must not have.", HelpName = "characters" };
        var command = new Command("policy", "Shows the naming policy; with --mode sets it as a whole.") { mode, title, prefixes, forbidden };
        return command.Runs(async (session, ct) =>
        {
            var account = session.RequireAccount();
            if (session.Get(mode) is not { } wanted)
            {
                if (session.Get(title) || session.Get(forbidden) is not null || session.Get(prefixes) is { Length: > 0 })
                    throw new CliError("A policy is set as a whole.", "Add --mode off, warn or enforce.");
                var policy = (await session.Services.Governance.GetNamingPolicyAsync(new() { Account = account }, cancellationToken: ct)).Policy;
                session.Report.Write(policy, () => View(policy));
                return;
            }

            var set = new NamingPolicy
            {
                Mode = Enum.Parse<NamingPolicy.Types.Mode>(wanted, ignoreCase: true),
                TitleCase = session.Get(title),
                AllowedPrefixes = { session.Get(prefixes) ?? [] },
                ForbiddenCharacters = session.Get(forbidden) ?? "",
            };
            var answer = await session.Services.Governance.SetNamingPolicyAsync(new() { Account = account, Policy = set }, cancellationToken: ct);
            session.Report.Write(answer.Policy, () => View(answer.Policy));
        });
    }

    private static Table View(NamingPolicy policy)
    {
        var table = Report.Table("rule", "value");
        table.AddRow("mode".Cell(), policy.Mode.ToString().Cell());
        table.AddRow("title case".Cell(), (policy.TitleCase ? "yes" : "no").Cell());
        table.AddRow("prefixes".Cell(), string.Join(", ", policy.AllowedPrefixes).Cell());
        table.AddRow("forbidden".Cell(), policy.ForbiddenCharacters.Cell());
        return table;
    }
}
