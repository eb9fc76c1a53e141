using System.CommandLine;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Commands.Fields;
using Field = Crm.Contacts.V1.Field;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Cli.Commands.Opportunities;

/// <summary>The options that set attributes and custom fields of an opportunity.</summary>
internal sealed class OpportunityOptions
{
    private readonly Option<string> _name = Options.Text("--name", "The name.");
    private readonly Option<string> _externalId = Options.Text("--external-id", "Your own key.");
    private readonly Option<string> _contact = new("--contact", "-c") { Description = "The contact: its number, or external:KEY.", HelpName = "contact" };
    private readonly Option<string> _pipeline = Options.Text("--pipeline", "The pipeline. Defaults to its current pipeline, or the only one.");
    private readonly Option<string> _stage = Options.Text("--stage", "The stage in the pipeline.");
    private readonly Option<string> _status = new Option<string>("--status") { Description = "The status.", HelpName = "open|won|lost" }.AcceptOnlyFrom("open", "won", "lost");
    private readonly Option<string> _amount = Options.Text("--amount", "The amount as a decimal number.");
    private readonly Option<string> _opened = Options.Text("--opened", "The day it was opened, like 2026-11-23.");
    private readonly Option<string> _closed = Options.Text("--closed", "The day it was closed.");
    private readonly FieldValueOption _fields = new();

    public void AddTo(Command command)
    {
        foreach (var option in new System.CommandLine.Option[] { _name, _externalId, _contact, _pipeline, _stage, _status, _amount, _opened, _closed, _fields.Option })
            command.Options.Add(option);
    }

    /// <summary>Copies the given options to an opportunity and returns their mask.</summary>
    public async Task<FieldMask> ReadAsync(Session session, Opportunity opportunity, CancellationToken ct)
    {
        var mask = new FieldMask();
        Set(_name, "name", text => opportunity.Name = text);
        Set(_externalId, "external_id", text => opportunity.ExternalId = text);
        Set(_amount, "amount", text => opportunity.Amount = text);
        Set(_opened, "opened_date", text => opportunity.OpenedDate = text);
        Set(_closed, "closed_date", text => opportunity.ClosedDate = text);
        Set(_status, "status", text => opportunity.Status = System.Enum.Parse<Status>(text, ignoreCase: true));
        if (session.Get(_contact) is { } key)
        {
            opportunity.ContactId = (await Keys.Contact.GetAsync(session, key, ct)).ContactId;
            mask.Paths.Add("contact_id");
        }
        if (session.Get(_stage) is { } stage)
        {
            var pipeline = await PipelineAsync(session, opportunity.PipelineId, ct);
            opportunity.PipelineId = pipeline.PipelineId;
            opportunity.StageId = PipelineCommands.StageOf(pipeline, stage).StageId;
            mask.Paths.Add(["pipeline_id", "stage_id"]);
        }
        var (values, keys) = await _fields.ReadAsync(session, Field.Types.Target.Opportunity, ct);
        opportunity.Fields = values;
        mask.Paths.Add(keys.Select(field => $"fields.{field}"));
        return mask;

        void Set(Option<string> option, string path, Action<string> set)
        {
            if (session.Get(option) is not { } text)
                return;
            set(text);
            mask.Paths.Add(path);
        }
    }

    private async Task<Pipeline> PipelineAsync(Session session, int current, CancellationToken ct)
    {
        if (session.Get(_pipeline) is { } name)
            return await PipelineCommands.GetAsync(session, name, ct);

        var all = await PipelineCommands.AllAsync(session, ct);
        return all.FirstOrDefault(pipeline => pipeline.PipelineId == current)
            ?? (all is [var only] ? only : throw new CliError("There are several pipelines.", "Add --pipeline NAME."));
    }
}
