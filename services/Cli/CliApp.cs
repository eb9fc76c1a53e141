using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using TagSegments.Cli.Commands;
using TagSegments.Cli.Commands.Accounts;
using TagSegments.Cli.Commands.Activities;
using TagSegments.Cli.Commands.ApiKeys;
using TagSegments.Cli.Commands.Bulk;
using TagSegments.Cli.Commands.Campaigns;
using TagSegments.Cli.Commands.Contacts;
using TagSegments.Cli.Commands.Fields;
using TagSegments.Cli.Commands.Imports;
using TagSegments.Cli.Commands.Opportunities;
using TagSegments.Cli.Commands.Segments;
using TagSegments.Cli.Commands.Senders;
using TagSegments.Cli.Commands.SmartLists;
using TagSegments.Cli.Commands.Suppressions;
using TagSegments.Cli.Commands.Tags;
using TagSegments.Cli.Commands.Webhooks;
using TagSegments.Cli.Commands.Workflows;
using TagSegments.Cli.Output;

namespace TagSegments.Cli;

/// <summary>The command line program. Tests call it as a shell does, with their own writers.</summary>
internal static class CliApp
{
    internal static readonly RootCommand Commands = CreateCommands();

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        // Values may begin with @, as domains do; the parser would read a file of that name.
        var parse = Commands.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

        if (UnknownOption(parse) is { } option)
            return ReportUsage(parse, UnknownOptions.Describe(option, parse.CommandResult), error);

        // An unknown word is also reported as a missing command; the more specific message comes last.
        if (parse.Action is ParseErrorAction)
            return ReportUsage(parse, parse.Errors[^1].Message, error);

        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        return await parse.InvokeAsync(invocation, ct);
    }

    private static RootCommand CreateCommands()
    {
        var root = new RootCommand("TagSegments: tags, segments, campaigns and workflows of a CRM, over gRPC.")
        {
            Import.Build(), AccountCommands.Build(), ContactCommands.Build(), FieldCommands.Build(), PipelineCommands.Build(), OpportunityCommands.Build(),
            TagCommands.Build(), BulkCommands.Build(), SegmentCommands.Build(), SmartListCommands.Build(), CampaignCommands.Build(),
            ActivityImport.Build(), SuppressionCommands.Build(), SenderCommands.Build(), TeamCommands.Build(), WebhookCommands.Build(), WorkflowCommands.Build(), ApiKeyCommands.Build(),
        };
        GlobalOptions.AddTo(root);
        return root;
    }

    // If a command takes values, the parser treats an unknown option as one of them. Otherwise it complains about the option and about its value,
    // which would be the last to be heard of.
    private static string? UnknownOption(ParseResult parse) => parse.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Concat(parse.UnmatchedTokens)
            .FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal) && value.Length > 2);

    private static int ReportUsage(ParseResult parse, string message, TextWriter error)
    {
        var hint = $"See: {string.Join(' ', GlobalOptions.PathOf(parse.CommandResult))} --help";
        new ErrorReport(message.ReplaceLineEndings(" "), hint, ExitCode.Usage).WriteTo(error, GlobalOptions.AsksForJson(parse));
        return ExitCode.Usage;
    }
}
