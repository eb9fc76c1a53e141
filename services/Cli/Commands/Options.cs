using System.CommandLine;

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
    public static Option<int> Limit(int standard) => new("--limit") { Description = "How many at most.", DefaultValueFactory = _ => standard, HelpName = "n" };

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
