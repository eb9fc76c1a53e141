using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>Lets options be declared in one expression.</summary>
internal static class OptionExtensions
{
    public static Option<string> AcceptOnlyFrom(this Option<string> option, params string[] values)
    {
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
