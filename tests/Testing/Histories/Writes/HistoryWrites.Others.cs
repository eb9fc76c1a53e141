using System.Globalization;
using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using TagSegments.Filters.Values;
using TagSegments.Testing.Oracle;

namespace TagSegments.Testing.Histories.Writes;

/// <summary>This part changes opportunities, activity, suppressions, names and segments.</summary>
internal sealed partial class HistoryWrites
{
    private async Task CreateOpportunityAsync(HistoryModel model)
    {
        if (AnyOf(model.Living) is not { } contact)
        {
            return;
        }

        var stage = model.Stages[random.Next(model.Stages.Count)];
        var fields = new Dictionary<int, object?>();
        var (amount, day) = (Chance(4) ? (decimal?)null : random.Next(0, 5_000) / 4m, Day());
        var request = new CreateOpportunityRequest
        {
            Account = account,
            Opportunity = new Opportunity
            {
                ContactId = contact.Id,
                PipelineId = stage.Pipeline,
                StageId = stage.Id,
                Amount = amount?.ToString(CultureInfo.InvariantCulture) ?? "",
                OpenedDate = NodaTime.Text.LocalDatePattern.Iso.Format(day),
                Fields = Fields(fields, WorldNames.OpportunityFields),
            },
        };
        var created = (await HistoryCalls.RepeatAsync(id =>
        {
            request.RequestId = id;
            return apps.Opportunities.CreateOpportunityAsync(request);
        })).Opportunity;
        contact.Opportunities.Add(new WorldOpportunity(null, stage.Pipeline, stage.Id, 1, amount, day, null, Time(created.StageTime))
        {
            Id = created.OpportunityId,
            Fields = fields,
        });
    }

    /// <summary>Changes an opportunity: its stage, status and amount, and perhaps whose it is.</summary>
    public async Task UpdateOpportunityAsync(HistoryModel model)
    {
        var all = model.Living.Values.SelectMany(contact => contact.Opportunities.Select(opportunity => (contact, opportunity)))
            .OrderBy(pair => pair.opportunity.Id).ToList();
        if (all.Count == 0)
        {
            return;
        }

        var (owner, before) = all[random.Next(all.Count)];
        var stages = model.Stages.Where(stage => stage.Pipeline == before.PipelineId).ToList();
        var other = Chance(4) ? AnyOf(model.Living)! : owner;
        var after = before with { StageId = stages[random.Next(stages.Count)].Id, Status = random.Next(1, 4), Amount = Chance(4) ? null : random.Next(0, 5_000) / 4m };
        var request = new UpdateOpportunityRequest
        {
            Account = account,
            UpdateMask = new FieldMask { Paths = { "stage_id", "status", "amount", "contact_id" } },
            Opportunity = new Opportunity
            {
                OpportunityId = before.Id,
                ContactId = other.Id,
                StageId = after.StageId,
                Status = (Opportunity.Types.Status)after.Status,
                Amount = after.Amount?.ToString(CultureInfo.InvariantCulture) ?? "",
            },
        };
        var updated = (await HistoryCalls.RepeatAsync(id =>
        {
            request.RequestId = id;
            return apps.Opportunities.UpdateOpportunityAsync(request);
        })).Opportunity;
        owner.Opportunities.Remove(before);
        other.Opportunities.Add(after with { StageSince = Time(updated.StageTime) });
    }

    /// <summary>Records activity of some contacts.</summary>
    public async Task RecordAsync(HistoryModel model)
    {
        var recorded = Enumerable.Range(0, random.Next(1, 4)).Select(_ => (Contact: AnyOf(model.Living), Activity: Activity()))
            .Where(one => one.Contact is not null).ToList();
        if (recorded.Count == 0)
        {
            return;
        }

        await HistoryCalls.RepeatAsync(id => apps.Activity.RecordActivitiesAsync(new RecordActivitiesRequest
        {
            Account = account,
            Activities = { recorded.Select(one => ToProto(one.Contact!.Id, one.Activity)) },
            RequestId = id,
        }));
        recorded.ForEach(one => one.Contact!.Activities.Add(one.Activity));
    }

    // Services record nothing that is to happen only later.
    private WorldActivity Activity()
    {
        var (kind, now) = (Chance(4) ? 9 : random.Next(1, 10), FilterValues.ToMicroseconds(SystemClock.Instance.GetCurrentInstant()));
        var at = Chance(4) ? now : _values.Time();
        return new WorldActivity(
            kind,
            kind == 9 ? 0 : Chance(4) ? 2 : 1,
            at > now ? now - NodaTime.Duration.FromDays(1) : at,
            Chance(2) ? null : Chance(2) ? WorldNames.Spring : WorldNames.Autumn,
            kind == 9 ? (Chance(2) ? "Webinar Attended" : "Say \"Hi\"") : null,
            kind == 9 && _values.Properties() is { } json ? JsonFormatter.Default.Format(Struct.Parser.ParseJson(json)) : null)
        {
            Link = kind != 4 || Chance(5) ? null : _values.Text(),
            Bounce = kind == 5 ? random.Next(3) : 0,
        };
    }

    private static Activity ToProto(int contactId, WorldActivity activity) => new()
    {
        ContactId = contactId,
        Kind = (Activity.Types.Kind)activity.Kind,
        Channel = (Channel)activity.Channel,
        Time = Timestamp.FromDateTime(activity.At.ToDateTimeUtc()),
        CampaignId = activity.CampaignId ?? "",
        EventName = activity.Event ?? "",
        Properties = activity.Properties is { } json ? Struct.Parser.ParseJson(json) : null,
        Detail = activity.Link ?? "",
        Bounce = (Activity.Types.Bounce)activity.Bounce,
    };

    /// <summary>Puts an address on the suppression list, or takes it off.</summary>
    public async Task SuppressAsync(HistoryModel model)
    {
        var (sms, number) = (Chance(3), random.Next(4));
        var channel = sms ? Channel.Sms : Channel.Email;
        var (address, key) = sms
            ? ($"+49 170 {10_000 + number}", $"+49170{10_000 + number}")
            : ($"person{number}@example.org", $"person{number}@example.org");
        if (model.Suppressed.Contains(((int)channel, key)))
        {
            await HistoryCalls.RepeatAsync(id => apps.Activity.RemoveSuppressionAsync(
                new RemoveSuppressionRequest { Account = account, Channel = channel, Address = address, Proof = "asked again", RequestId = id }));
            model.Suppressed.Remove(((int)channel, key));
        }
        else
        {
            var suppression = new Suppression { Channel = channel, Address = address, Reason = Suppression.Types.Reason.Manual };
            await HistoryCalls.RepeatAsync(id => apps.Activity.AddSuppressionAsync(
                new AddSuppressionRequest { Account = account, Suppression = suppression, RequestId = id }));
            model.Suppressed.Add(((int)channel, key));
        }
    }

    private Task RenameAsync(HistoryModel model) => Chance(2) ? RenameTagAsync(model) : SwapStagesAsync(model);

    /// <summary>Lets two stages of a pipeline swap their names: whoever keeps names beside numbers has to notice.</summary>
    public async Task SwapStagesAsync(HistoryModel model)
    {
        var pipeline = WorldNames.Pipelines[random.Next(WorldNames.Pipelines.Length)];
        var places = Enumerable.Range(0, model.Stages.Count).Where(i => model.Stages[i].Pipeline == pipeline.Id).ToList();
        var (first, second) = (places[0], places[1 + random.Next(places.Count - 1)]);
        var names = (model.Stages[second].Name, model.Stages[first].Name);
        model.Stages[first] = model.Stages[first] with { Name = names.Item1 };
        model.Stages[second] = model.Stages[second] with { Name = names.Item2 };
        var update = new Pipeline { PipelineId = pipeline.Id, Name = pipeline.Name };
        update.Stages.Add(places.Select(i => new Stage { StageId = model.Stages[i].Id, Name = model.Stages[i].Name }));
        await HistoryCalls.RepeatAsync(id => apps.Opportunities.UpdatePipelineAsync(
            new UpdatePipelineRequest { Account = account, Pipeline = update, RequestId = id }));
    }

    private async Task EditSegmentAsync(HistoryModel model)
    {
        var filters = new FilterGenerator(random, model.Catalog(accountId), SystemClock.Instance.GetCurrentInstant());
        var filter = filters.WithoutSegments(2);
        var id = Chance(2) ? WorldNames.Engaged : WorldNames.Buyers;
        await HistoryCalls.RepeatAsync(requestId => apps.Segments.UpdateSegmentAsync(
            new UpdateSegmentRequest { Account = account, SegmentId = id, Filter = filter, RequestId = requestId }));
        model.Segments[id] = filter;
    }
}
