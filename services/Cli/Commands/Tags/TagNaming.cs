using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;
using Format = Crm.Tags.V1.GetTagDictionaryRequest.Types.Format;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Commands about the names in the tag library.</summary>
internal static class TagNaming
{
    /// <summary>`tags check`.</summary>
    public static Command Check()
    {
        var name = new Argument<string>("name") { Description = "The name that a tag is to get." };
        var command = new Command("check", "Checks a name: naming policy, near-duplicates, values that belong in a custom field.") { name };
        return command.Runs(async (session, ct) =>
        {
            var request = new CheckTagNameRequest { Account = session.RequireAccount(), Name = session.Get(name) };
            var answer = await session.Services.Governance.CheckTagNameAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => TagFindings.View(answer.Findings));
        });
    }

    /// <summary>`tags audit`.</summary>
    public static Command Audit()
    {
        var days = Options.Number("--stale-days", "Report tags without a change for this many days. Defaults to 180.");
        var command = new Command("audit", "Checks the whole library: unused, stale and similar tags, and names that break the policy.") { days };
        return command.Runs(async (session, ct) =>
        {
            var request = new AuditTagsRequest { Account = session.RequireAccount(), StaleDays = session.Get(days) };
            var answer = await session.Services.Governance.AuditTagsAsync(request, cancellationToken: ct);
            session.Report.Note($"{answer.Tags:N0} tags checked, {answer.Findings.Count:N0} findings{(answer.MoreNearDuplicates ? " and more names that are much alike" : "")}.");
            session.Report.Write(answer, () => TagFindings.View(answer.Findings));
        });
    }

    /// <summary>`tags policy`.</summary>
    public static Command Policy()
    {
        var mode = Options.Text("--mode", "Set the policy: what happens to names that violate it.", "off|warn|enforce")
            .AcceptOnlyFrom("off", "warn", "enforce");
        var title = new Option<bool>("--title-case") { Description = "Every word begins with a capital letter." };
        var prefixes = new Option<string[]>("--prefix") { Description = "A prefix that names with a colon may have, for example Source: ; may be given several times.", HelpName = "text" };
        var forbidden = Options.Text("--forbid", "The characters that names must not contain.", "characters");
        var command = new Command("policy", "Shows the naming policy; with --mode sets it as a whole.") { mode, title, prefixes, forbidden };
        return command.Runs(async (session, ct) =>
        {
            var account = session.RequireAccount();
            if (session.Get(mode) is not { } wanted)
            {
                if (session.Get(title) || session.Get(forbidden) is not null || session.Get(prefixes) is { Length: > 0 })
                    throw new CliError("A policy is always set as a whole.", "Add --mode off, warn or enforce.");
                var policy = (await session.Services.Governance.GetNamingPolicyAsync(new() { Account = account }, cancellationToken: ct)).Policy;
                session.Report.Write(policy, () => PolicyView(policy));
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
            session.Report.Write(answer.Policy, () => PolicyView(answer.Policy));
        });
    }

    private static Table PolicyView(NamingPolicy policy)
    {
        var table = Report.Empty("rule", "value");
        table.Row("mode", policy.Mode.ToString());
        table.Row("title case", policy.TitleCase ? "yes" : "no");
        table.Row("prefixes", string.Join(", ", policy.AllowedPrefixes));
        table.Row("forbidden", policy.ForbiddenCharacters);
        return table;
    }

    /// <summary>`tags dictionary`.</summary>
    public static Command Dictionary()
    {
        var html = new Option<bool>("--html") { Description = "Write an HTML page instead of Markdown." };
        var command = new Command("dictionary", "Writes the tag dictionary to standard output: meanings, owners, counts and usages.") { html };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetTagDictionaryRequest { Account = session.RequireAccount(), Format = session.Get(html) ? Format.Html : Format.Markdown };
            var answer = await session.Services.Governance.GetTagDictionaryAsync(request, cancellationToken: ct);
            if (session.Report.IsJson)
                session.Report.Write(answer, "");
            else
                session.Report.Output.Write(answer.Text);
        });
    }
}
