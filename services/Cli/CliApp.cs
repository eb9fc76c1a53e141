using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using TagSegments.Cli.Commands;
using TagSegments.Cli.Output;

namespace TagSegments.Cli;

/// <summary>The command line program; tests call it as the shell does, with writers of their own.</summary>
internal static class CliApp
{
    private static readonly RootCommand Commands = CreateCommands();

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var parse = Commands.Parse(args);

        // An unknown word is also reported as a missing command; the more specific message comes last.
        if (parse.Action is ParseErrorAction)
            return ReportUsage(parse, parse.Errors[^1].Message, error);

        if (UnknownOption(parse) is { } option)
            return ReportUsage(parse, $"Unrecognized option '{option}'. Put -- before values that begin with two hyphens.", error);

        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        return await parse.InvokeAsync(invocation, ct);
    }

    private static RootCommand CreateCommands()
    {
        var root = new RootCommand("TagSegments: tags, segments, campaigns and workflows of a CRM, over gRPC.")
        {
            Import.Create(),
            new Command("accounts", "The tenants of the installation.") { AccountsList.Create(), AccountsCreate.Create() },
            new Command("contacts", "The people and companies of an account.")
            {
                ContactsList.Create(), ContactsShow.Create(), ContactsCreate.Create(), ContactsUpdate.Create(), ContactsDelete.Create(),
                ContactsRestore.Create(), ContactsMerge.Create(), ContactsConsent.Create(), ContactsTimeline.Create(), ContactsExport.Create(),
            },
            new Command("fields", "The custom fields of an account.") { FieldsList.Create(), FieldsCreate.Create(), FieldsUpdate.Create(), FieldsDelete.Create() },
            new Command("pipelines", "The sales pipelines of an account.") { PipelinesList.Create(), PipelinesCreate.Create(), PipelinesUpdate.Create() },
            new Command("opportunities", "Possible sales, in the stages of a pipeline.")
            {
                OpportunitiesList.Create(), OpportunitiesShow.Create(), OpportunitiesCreate.Create(), OpportunitiesUpdate.Create(),
                OpportunitiesDelete.Create(),
            },
            new Command("tags", "The tag library, and tags on contacts.")
            {
                TagsList.Create(), TagsShow.Create(), TagsCreate.Create(), TagsUpdate.Create(), TagsDelete.Create(), TagsRestore.Create(),
                TagsMerge.Create(), TagsWhatIf.Create(), TagsUsages.Create(), TagsCheck.Create(), TagsAudit.Create(), TagsPolicy.Create(),
                TagsDictionary.Create(), TagsReport.Create(), TagsOverlap.Create(), TagsAdd.Create(), TagsRemove.Create(), TagsBulk.Create(),
                TagsExpiries.Create(), TagsHistory.Create(), TagsWatch.Create(),
            },
            new Command("bulk", "Bulk operations on tags; `tags bulk` starts one.")
            {
                BulkList.Create(), BulkStatus.Create(), BulkCancel.Create(), BulkUndo.Create(), BulkOutcomes.Create(),
            },
            new Command("segments", "Live filters over contacts. FILTER is the text of a filter or the name of a saved segment or smart list.")
            {
                SegmentsList.Create(), SegmentsShow.Create(), SegmentsCreate.Create(), SegmentsCount.Create(), SegmentsExport.Create(),
                SegmentsExplain.Create(), SegmentsPreview.Create(), SegmentsFacets.Create(), SegmentsOverlap.Create(), SegmentsParse.Create(),
                SegmentsUpdate.Create(), SegmentsDelete.Create(), SegmentsVersions.Create(), SegmentsDiff.Create(), SegmentsPreviewChange.Create(),
                SegmentsRestore.Create(), SegmentsExpect.Create(), SegmentsCheck.Create(), SegmentsUsages.Create(),
            },
            new Command("smartlists", "Saved views of contacts: a filter, contacts put in or left out by tag, columns and an order.")
            {
                SmartListsList.Create(), SmartListsShow.Create(), SmartListsCreate.Create(), SmartListsUpdate.Create(), SmartListsDelete.Create(),
                SmartListsRows.Create(), SmartListsInclude.Create(), SmartListsExclude.Create(), SmartListsUsages.Create(),
            },
            new Command("campaigns", "Messages to everyone in a segment, evaluated when they are sent.")
            {
                CampaignsList.Create(), CampaignsCreate.Create(), CampaignsUpdate.Create(), CampaignsPreview.Create(), CampaignsTest.Create(),
                CampaignsSend.Create(), CampaignsSchedule.Create(), CampaignsWatch.Create(), CampaignsStatus.Create(), CampaignsPause.Create(),
                CampaignsResume.Create(), CampaignsCancel.Create(), CampaignsResend.Create(), CampaignsChoose.Create(), CampaignsRecipients.Create(), CampaignsProve.Create(), CampaignsReport.Create(),
            },
            new Command("suppressions", "Addresses that get nothing: bounced, complained, unsubscribed.")
            {
                SuppressionsList.Create(), SuppressionsAdd.Create(), SuppressionsRemove.Create(),
            },
            new Command("workflows", "Automations that react to tags and other events.")
            {
                WorkflowsList.Create(), WorkflowsShow.Create(), WorkflowsValidate.Create(), WorkflowsApply.Create(), WorkflowsCreate.Create(),
                WorkflowsPublish.Create(), WorkflowsUnpublish.Create(), WorkflowsDelete.Create(), WorkflowsVersions.Create(), WorkflowsSimulate.Create(),
                WorkflowsEnrol.Create(), WorkflowsRuns.Create(), WorkflowsRun.Create(), WorkflowsHistory.Create(), WorkflowsCancelRun.Create(),
                WorkflowsResumeRun.Create(), WorkflowsMove.Create(),
            },
        };
        GlobalOptions.AddTo(root);
        return root;
    }

    // Where a command takes values, the parser takes an option that it does not know for one of them.
    private static string? UnknownOption(ParseResult parse) => parse.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal));

    private static int ReportUsage(ParseResult parse, string message, TextWriter error)
    {
        var hint = $"See: {string.Join(' ', GlobalOptions.PathOf(parse.CommandResult))} --help";
        new ErrorReport(message.ReplaceLineEndings(" "), hint, ExitCode.Usage).WriteTo(error, GlobalOptions.AsksForJson(parse));
        return ExitCode.Usage;
    }
}
