using System.Globalization;
using Crm.Common.V1;
using Crm.Segments.V1;
using NodaTime;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;
using Period = Crm.Segments.V1.Period;

namespace TagSegments.Testing.Histories;

/// <summary>This part asks one replica the same before and after the one change that makes a difference: what it has kept must not be believed.</summary>
internal sealed partial class History
{
    private Task AskAgainAsync() => _random.Next(6) switch
    {
        0 => AskAroundAsync(Added(_random.Next(1, 8)), PruneAsync),
        1 => AskAroundAsync(InStage(_model.Stages[_random.Next(_model.Stages.Count)].Name), () => _writes.SwapStagesAsync(_model)),
        2 => AskAroundAsync(Suppressed(_random.Next(3) == 0 ? Channel.Sms : Channel.Email), () => _writes.SuppressAsync(_model)),
        3 => AskAroundAsync(Happened(_random.Next(1, 9)), () => _writes.RecordAsync(_model)),
        4 => AskAroundAsync(InStage(_model.Stages[_random.Next(_model.Stages.Count)].Name), () => _writes.UpdateOpportunityAsync(_model)),
        _ => AskAcrossForkAsync(),
    };

    private async Task AskAroundAsync(Filter filter, Func<Task> change)
    {
        var node = _random.Next(2);
        await EvaluateAsync(node, filter);
        await change();
        await EvaluateAsync(node, filter);
    }

    // The database goes through the same positions again, and somebody else is updated.
    private async Task AskAcrossForkAsync()
    {
        var (node, filter) = (_random.Next(2), UpdatedSince(SystemClock.Instance.GetCurrentInstant() - Duration.FromMilliseconds(1)));
        await BackUpAsync();
        await _writes.UpdateContactAsync(_model);
        await EvaluateAsync(node, filter);
        await RestoreAsync();
        await _writes.UpdateContactAsync(_model);
        await EvaluateAsync(node, filter);
    }

    private static Filter Added(int tagId) => new()
    {
        TagAdded = new TagAddedClause { TagId = tagId, Window = new TimeWindow { Last = new Period { Count = 10, Unit = TimeUnit.Year } } },
    };

    private static Filter InStage(string name)
    {
        var stage = new FieldClause { Field = new FieldRef { Attribute = "stage" }, Operator = Operator.In, Values = { name } };
        return new Filter { Opportunity = new OpportunityClause { Conditions = { stage } } };
    }

    private static Filter Suppressed(Channel channel) => new()
    {
        Consent = new ConsentClause { Channel = channel, State = ConsentClause.Types.State.Suppressed },
    };

    private static Filter Happened(int kind) => new()
    {
        Activity = new ActivityClause { Kind = (ActivityClause.Types.Kind)kind, Channel = Channel.Email },
    };

    private static Filter UpdatedSince(Instant time)
    {
        var from = time.ToDateTimeUtc().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return new Filter
        {
            Field = new FieldClause
            {
                Field = new FieldRef { Attribute = "updated" },
                Operator = Operator.InWindow,
                Window = new TimeWindow { Fixed = new FixedWindow { From = from } },
            },
        };
    }
}
