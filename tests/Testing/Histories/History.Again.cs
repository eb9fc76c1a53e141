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
    // Worlds hold activity of the next 40 days, which hides what lies before it: seen from behind it, nothing is hidden.
    private static readonly TimeSpan s_behindAll = TimeSpan.FromDays(41);

    private Task AskAgainAsync() => _random.Next(6) switch
    {
        0 => AskAroundAsync(Added(_random.Next(1, 8)), PruneAsync),
        1 => AskAroundAsync(InStage(_model.Stages[_random.Next(_model.Stages.Count)].Name), () => _writes.SwapStagesAsync(_model)),
        2 => AskAroundSuppressionAsync(),
        3 => AskAroundAsync(Happened(), () => _writes.RecordAsync(_model)),
        4 => AskAroundAsync(InStage(_model.Stages[_random.Next(_model.Stages.Count)].Name), () => _writes.UpdateOpportunityAsync(_model)),
        _ => AskAcrossForkAsync(),
    };

    private async Task AskAroundAsync(Filter filter, Func<Task> change)
    {
        var (node, ahead) = (_random.Next(2), _random.Next(3) == 0 ? TimeSpan.Zero : s_behindAll);
        await EvaluateAsync(node, filter, ahead);
        await change();
        await EvaluateAsync(node, filter, ahead);
    }

    private async Task AskAroundSuppressionAsync()
    {
        await _writes.GiveAddressAsync(_model);
        await AskAroundAsync(Suppressed(_random.Next(3) == 0 ? Channel.Sms : Channel.Email), () => _writes.SuppressAsync(_model));
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

    // Just now, and whatever it was: most contacts have had everything at some time.
    private static Filter Happened() => new()
    {
        AnyOf = new FilterGroup
        {
            Filters =
            {
                Enumerable.Range(1, 8).Select(kind => new Filter
                {
                    Activity = new ActivityClause
                    {
                        Kind = (ActivityClause.Types.Kind)kind,
                        Channel = Channel.Email,
                        Window = new TimeWindow { Fixed = new FixedWindow { From = Text(SystemClock.Instance.GetCurrentInstant() - Duration.FromSeconds(1)) } },
                    },
                }),
            },
        },
    };

    private static Filter UpdatedSince(Instant time) => new()
    {
        Field = new FieldClause
        {
            Field = new FieldRef { Attribute = "updated" },
            Operator = Operator.InWindow,
            Window = new TimeWindow { Fixed = new FixedWindow { From = Text(time) } },
        },
    };

    private static string Text(Instant time) => time.ToDateTimeUtc().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
