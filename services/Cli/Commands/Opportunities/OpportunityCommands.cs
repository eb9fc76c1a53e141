using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Opportunities;

/// <summary>Commands about opportunities.</summary>
internal static class OpportunityCommands
{
    /// <summary>`opportunities`.</summary>
    public static Command Build() => new("opportunities", "Possible sales, in the stages of a pipeline.")
    {
        List(), Show(), Create(), Update(), Delete(),
    };

    private static Command List()
    {
        var contact = new Option<string>("--contact", "-c") { Description = "Only the opportunities of this contact: its number, or external:KEY.", HelpName = "contact" };
        var limit = Options.Limit(100);
        var command = new Command("list", "Lists opportunities in order of number.") { contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListOpportunitiesRequest { Account = session.RequireAccount() };
            if (session.Get(contact) is { } key)
                request.ContactId = (await Keys.Contact.GetAsync(session, key, ct)).ContactId;
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Opportunities.ListOpportunitiesAsync(r, cancellationToken: ct), page => page.Opportunities);
            var stages = (await PipelineCommands.AllAsync(session, ct)).SelectMany(pipeline => pipeline.Stages).ToDictionary(stage => stage.StageId, stage => stage.Name);
            session.Report.Write(found, () => ListView(found, stages));
        });
    }

    private static Table ListView(ListOpportunitiesResponse found, Dictionary<int, string> stages) => Report.Table(
        found.Opportunities,
        ("opportunity", o => $"{o.OpportunityId}"), ("external id", o => o.ExternalId), ("name", o => o.Name),
        ("contact", o => o.ContactId == 0 ? "" : $"{o.ContactId}"), ("stage", o => stages.GetValueOrDefault(o.StageId, "")),
        ("status", o => o.Status), ("amount", o => o.Amount), ("closed", o => o.ClosedDate));

    private static Command Show()
    {
        var key = Keys.Opportunity.Argument();
        var command = new Command("show", "Shows an opportunity with the stages it has been in.") { key };
        return command.Runs(async (session, ct) =>
        {
            var opportunity = await Keys.Opportunity.GetAsync(session, session.Get(key), ct);
            var stages = (await PipelineCommands.AllAsync(session, ct)).SelectMany(pipeline => pipeline.Stages).ToDictionary(stage => stage.StageId, stage => stage.Name);
            session.Report.Write(opportunity, () => ShowView(opportunity, stages));
        });
    }

    private static Table ShowView(Opportunity o, Dictionary<int, string> stages)
    {
        var table = Report.Empty("attribute", "value");
        foreach (var (name, value) in Attributes(o).Where(attribute => attribute.Value is not ""))
            table.Row(name, value);
        foreach (var (field, value) in o.Fields.Fields.OrderBy(f => f.Key, StringComparer.Ordinal))
            table.Row($"fields.{field}", value.AsText());
        foreach (var change in o.StageHistory)
            table.Row($"stage since {Times.Text(change.Time)}", stages.GetValueOrDefault(change.StageId, ""));
        return table;
    }

    private static IEnumerable<(string Name, string Value)> Attributes(Opportunity o) =>
    [
        ("number", $"{o.OpportunityId}"), ("external id", o.ExternalId), ("name", o.Name), ("contact", o.ContactId == 0 ? "" : $"{o.ContactId}"),
        ("status", o.Status.ToString()), ("amount", o.Amount), ("opened", o.OpenedDate), ("closed", o.ClosedDate),
    ];

    private static Command Create()
    {
        var options = new OpportunityOptions();
        var command = new Command("create", "Creates an opportunity in a stage of a pipeline.");
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var opportunity = new Opportunity();
            await options.ReadAsync(session, opportunity, ct);
            var request = new CreateOpportunityRequest { Account = session.RequireAccount(), Opportunity = opportunity, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.CreateOpportunityAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Opportunity, $"Opportunity {answer.Opportunity.OpportunityId} created.");
        });
    }

    private static Command Update()
    {
        var key = Keys.Opportunity.Argument();
        var options = new OpportunityOptions();
        var command = new Command("update", "Changes an opportunity; a new stage is recorded with its time.") { key };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var before = await Keys.Opportunity.GetAsync(session, session.Get(key), ct);
            var opportunity = new Opportunity { OpportunityId = before.OpportunityId, PipelineId = before.PipelineId };
            var mask = await options.ReadAsync(session, opportunity, ct);
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give --stage, --status, --amount or another option.");

            var request = new UpdateOpportunityRequest { Account = session.RequireAccount(), Opportunity = opportunity, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.UpdateOpportunityAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Opportunity, $"Opportunity {answer.Opportunity.OpportunityId} is at version {answer.Opportunity.Version}.");
        });
    }

    private static Command Delete()
    {
        var key = Keys.Opportunity.Argument();
        var command = new Command("delete", "Deletes an opportunity for good; filters as of a past instant still see it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var opportunity = await Keys.Opportunity.GetAsync(session, session.Get(key), ct);
            var request = new DeleteOpportunityRequest { Account = session.RequireAccount(), OpportunityId = opportunity.OpportunityId, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.DeleteOpportunityAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Opportunity, $"Opportunity {opportunity.OpportunityId} deleted.");
        });
    }
}
