using System.CommandLine;
using System.CommandLine.Parsing;

namespace TagSegments.Cli.Commands;

/// <summary>Describes options that a command does not have.</summary>
internal static class UnknownOptions
{
    /// <summary>Names the option, and the ones that the command has.</summary>
    public static string Describe(string option, CommandResult command)
    {
        var own = command.Command.Options.Where(known => !known.Hidden && known.Name is not ("--help" or "--version")).Select(known => known.Name).Order().ToList();
        var has = own.Count > 0 ? $" The command has {string.Join(", ", own)}." : "";
        return $"Unrecognized option '{option.Split('=')[0]}'.{has} Put -- before values that begin with two hyphens.";
    }
}
