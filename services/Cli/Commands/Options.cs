using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TagSegments.Cli.Commands;

/// <summary>Creates the common kinds of options.</summary>
internal static class Options
{
    /// <summary>Creates an option with one text as its value.</summary>
    public static Option<string> Text(string name, string description, string value = "text") => new(name) { Description = description, HelpName = value };

    /// <summary>Creates an option that may be given several times.</summary>
    public static Option<string[]> Several(string name, string description, string value, bool required = false) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = value, Required = required };

    /// <summary>Creates the option --limit of a list.</summary>
    public static Option<int> Limit(int standard, string description = "How many at most.", int least = 1, int most = int.MaxValue) =>
        Number("--limit", description, least, most, standard);

    /// <summary>Creates the option --skip of a list.</summary>
    public static Option<int> Skip() => Number("--skip", "How many to pass over before the first one shown.", least: 0, standard: 0);

    /// <summary>Creates an option with a whole number within bounds, which its errors name.</summary>
    public static Option<int> Number(
        string name, string description, int least = 1, int most = int.MaxValue, int? standard = null, string value = "n", bool required = false)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = value,
            Required = required,
            CustomParser = argument => Parse(name, least, most, argument),
        };
        if (standard is { } number)
            option.DefaultValueFactory = _ => number;
        return option;
    }

    /// <summary>Creates an option with a whole number that is null without it.</summary>
    public static Option<int?> OptionalNumber(string name, string description, string value, int least = 1) => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = argument => Parse(name, least, int.MaxValue, argument),
    };

    /// <summary>Creates the option --contact of a list that takes the contact's number only.</summary>
    public static Option<int> ContactNumber(string description)
    {
        var option = Number("--contact", description, value: "number");
        option.Aliases.Add("-c");
        return option;
    }

    private static int Parse(string name, int least, int most, ArgumentResult argument)
    {
        var text = argument.Tokens.Count > 0 ? argument.Tokens[^1].Value : "";
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;

        var bounds = most == int.MaxValue ? $"of at least {least}" : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most:N0}");
        argument.AddError($"{name} takes a whole number {bounds}, not '{text}'.");
        return least;
    }

    /// <summary>Restricts an option to certain values; returns it, so that it can be declared in one expression.</summary>
    public static Option<string> AcceptOnlyFrom(this Option<string> option, params string[] values)
    {
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    /// <summary>Reads a comma-separated list of names from one or several options.</summary>
    public static IEnumerable<string> Names(IEnumerable<string>? lists) =>
        (lists ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
