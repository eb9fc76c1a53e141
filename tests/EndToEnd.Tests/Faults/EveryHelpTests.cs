using System.CommandLine;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Cli;
using TagSegments.Cli.Output;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>Faults E6, E7 and E9, for every command and every reason: help that says what each part takes, and advice of its own.</summary>
public sealed class EveryHelpTests
{
    public static TheoryData<string> Commands() => [.. Walk(CliApp.Commands, [])];

    public static TheoryData<string> Reasons() =>
        [.. ErrorReasonReflection.Descriptor.EnumTypes[0].Values.Skip(1).Select(reason => reason.Name["ERROR_REASON_".Length..])];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task E9_every_command_explains_its_arguments_and_options(string path)
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        Assert.Equal(0, await CliApp.RunAsync([.. path.Split(' '), "--help"], output, error));

        Assert.Empty(error.ToString());
        var command = path.Split(' ').Aggregate((Command)CliApp.Commands, (parent, name) => parent.Subcommands.Single(child => child.Name == name));
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
        Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
    }

    // A number without bounds would be refused by a service, in the words of its call.
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task E7_every_number_is_refused_by_the_name_of_its_option(string path)
    {
        var command = path.Split(' ').Aggregate((Command)CliApp.Commands, (parent, name) => parent.Subcommands.Single(child => child.Name == name));
        foreach (var option in command.Options.Where(option => option is Option<int> or Option<int?>))
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            var arguments = command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(_ => "x");
            var required = command.Options.Where(other => other.Required && other != option).SelectMany(other => new[] { other.Name, other is Option<int> ? "1" : "x" });

            var code = await CliApp.RunAsync([.. path.Split(' '), .. arguments, .. required, option.Name, "-1"], output, error);

            Assert.Equal(ExitCode.Usage, code);
            Assert.Contains($"{option.Name} takes a whole number", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void E6_every_reason_has_advice_of_its_own(string reason)
    {
        if (reason is "INTERNAL" or "UNAVAILABLE" or "UNAUTHENTICATED" or "CALL_CANCELLED")
        {
            return; // The advice of their status is all there is to say.
        }

        Assert.NotEqual(Advice(""), Advice(reason));
    }

    private static string Advice(string reason) => Hints.For(StatusCode.Unknown, reason, new Dictionary<string, string>());

    private static IEnumerable<string> Walk(Command command, IEnumerable<string> path) => command.Subcommands.SelectMany(child =>
        child.Subcommands.Count == 0 ? [string.Join(' ', path.Append(child.Name))] : Walk(child, path.Append(child.Name)));
}
