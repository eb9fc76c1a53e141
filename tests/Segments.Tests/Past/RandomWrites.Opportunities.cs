using System.Globalization;
using Crm.Contacts.V1;
using TagSegments.Testing.Oracle;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.Past;

/// <summary>This part writes opportunities, pipelines and fields.</summary>
internal sealed partial class RandomWrites
{
    private async Task CreateOpportunityAsync()
    {
        var opportunity = RandomOpportunity(0);
        _opportunities.Add((await account.Apps.Opportunities.CreateOpportunityAsync(
            new() { Account = account.Name, Opportunity = opportunity })).Opportunity.OpportunityId);
    }

    private Task UpdateOpportunityAsync()
    {
        var opportunity = RandomOpportunity(_opportunities.Count == 0 ? 1 : Pick(_opportunities));
        string[] mask = [.. new[] { "contact_id", "name", "status", "amount", "opened_date", "closed_date", "fields" }.Where(_ => Chance(3))];
        return account.UpdateOpportunityAsync(opportunity, [.. Chance(2) ? mask : [.. mask, "pipeline_id", "stage_id"]]);
    }

    private Opportunity RandomOpportunity(int opportunityId)
    {
        var pipeline = Pick(_pipelines);
        return new()
        {
            OpportunityId = opportunityId,
            ContactId = Chance(4) ? 0 : Contact(),
            Name = Text(),
            PipelineId = pipeline.PipelineId,
            StageId = Pick(pipeline.Stages).StageId,
            Status = (Opportunity.Types.Status)random.Next(1, 4),
            Amount = Chance(4) ? "" : (random.Next(5_000) / 4m).ToString(CultureInfo.InvariantCulture),
            OpenedDate = Chance(4) ? "" : $"{_values.Day():uuuu-MM-dd}",
            ClosedDate = Chance(2) ? "" : $"{_values.Day():uuuu-MM-dd}",
            Fields = RandomFields(Field.Types.Target.Opportunity),
        };
    }

    // Values become texts and, if every one of them can still be read, their former type.
    private async Task FieldAsync()
    {
        var place = random.Next(_fields.Count);
        var (field, native) = (_fields[place].Clone(), WorldNames.ContactFields.Concat(WorldNames.OpportunityFields).ElementAt(place));
        field.Type = field.Type == Type.Text ? native.Type : Type.Text;
        field.Choices.Clear();
        field.Choices.Add(field.Type == Type.Text ? [] : native.Choices);
        var update = await account.Apps.Fields.UpdateFieldAsync(new() { Account = account.Name, Field = field });
        _fields[place] = update.Field;
    }

    private async Task PipelineAsync()
    {
        var place = random.Next(_pipelines.Count);
        var pipeline = _pipelines[place].Clone();
        switch (random.Next(4))
        {
            case 0:
                pipeline.Name = $"Pipeline {random.Next(100)}";
                break;
            case 1:
                (pipeline.Stages[0].Name, pipeline.Stages[^1].Name) = (pipeline.Stages[^1].Name, pipeline.Stages[0].Name);
                break;
            case 2:
                pipeline.Stages.Add(new Stage { Name = $"Stage {random.Next(100)}" });
                break;
            default:
                pipeline.Stages.RemoveAt(random.Next(pipeline.Stages.Count));
                break;
        }

        var update = await account.Apps.Opportunities.UpdatePipelineAsync(new() { Account = account.Name, Pipeline = pipeline });
        _pipelines[place] = update.Pipeline;
    }
}
