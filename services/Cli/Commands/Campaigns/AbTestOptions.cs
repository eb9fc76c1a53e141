using System.CommandLine;
using System.Globalization;
using Crm.Campaigns.V1;
using TagSegments.Cli.Output;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>The options of an A/B test.</summary>
internal sealed class AbTestOptions
{
    private readonly Option<string[]> _subject = Options.Several("--variant-subject", "A variant's subject, for example: A=Spring is here.", "variant=text");
    private readonly Option<string[]> _text = Options.Several("--variant-text", "A variant's text, for example: A=Hello.", "variant=text");
    private readonly Option<string[]> _html = Options.Several("--variant-html", "A file with a variant's HTML part, for example: A=spring.html.", "variant=text");
    private readonly Option<int> _percent = Options.Number(
        "--test-percent", "How much of the audience takes part in the test, 1 to 100. Defaults to 20.", most: 100, standard: 20);

    private readonly Option<string> _rule = new Option<string>("--winner-by")
    {
        Description = "How the winner is chosen: opened (the default), clicked, or manual with `campaigns choose`.",
        HelpName = "rule",
        DefaultValueFactory = _ => "opened",
    }.AcceptOnlyFrom("opened", "clicked", "manual");

    private readonly Option<string> _decideAfter = new("--decide-after") { Description = "How long recipients have, for example 30m, 4h or 2d. Defaults to 4h.", HelpName = "time", DefaultValueFactory = _ => "4h" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _subject, _text, _html, _percent, _rule, _decideAfter })
            command.Options.Add(option);
    }

    /// <summary>Reads the test; null if no variant is given.</summary>
    public async Task<AbTest?> ReadAsync(Session session, CancellationToken ct)
    {
        var variants = new Dictionary<string, Variant>();
        foreach (var (variant, subject) in Pairs(session, _subject, variants))
            variant.Subject = subject;
        foreach (var (variant, text) in Pairs(session, _text, variants))
            variant.Text = text;
        foreach (var (variant, file) in Pairs(session, _html, variants))
            variant.Html = await File.ReadAllTextAsync(file, ct);
        if (variants.Count == 0)
            return null;

        var rule = Enum.Parse<AbTest.Types.Rule>(session.Get(_rule)!, ignoreCase: true);
        return new AbTest
        {
            Variants = { variants.Values },
            Percent = session.Get(_percent),
            Rule = rule,
            DecideAfter = rule is AbTest.Types.Rule.Manual ? null : ParseTime(session.Get(_decideAfter)!),
        };
    }

    private static IEnumerable<(Variant Variant, string Value)> Pairs(Session session, Option<string[]> option, Dictionary<string, Variant> variants)
    {
        foreach (var pair in session.Get(option) ?? [])
        {
            if (pair.Split('=', 2) is not [var name, var value])
                throw new CliError($"{option.Name} {pair} does not name a variant.", $"Write {option.Name} \"A={pair}\"");
            if (!variants.TryGetValue(name, out var variant))
                variants[name] = variant = new Variant { Name = name };
            yield return (variant, value);
        }
    }

    private static Duration ParseTime(string text)
    {
        var unit = text is [.., var last] ? last switch { 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 } : 0;
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new Duration { Seconds = (long)unit * count }
            : throw new CliError($"--decide-after {text} is not a time.", "Write 30m, 4h or 2d.");
    }
}
