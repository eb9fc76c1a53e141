using Crm.Segments.V1;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    // `unsubscribed from email` is a state; with a campaign, a number or a window it is an activity of the contact.
    private Filter ConsentOrUnsubscribing()
    {
        if (!_tokens.IsAhead("unsubscribed"))
        {
            return ConsentFilter();
        }

        var activity = ActivityFilter(null);
        var clause = activity.Activity;
        return clause.Window is null && clause.Quantity is null && clause.CampaignId.Length == 0
            ? new Filter { Consent = new ConsentClause { State = State.Unsubscribed, Channel = clause.Channel } }
            : activity;
    }

    private Filter ConsentFilter()
    {
        var clause = new ConsentClause
        {
            State = _tokens.Current.Value.ToLowerInvariant() switch
            {
                "asked" => State.Never,
                "subscribed" => State.Subscribed,
                _ => State.Suppressed,
            },
        };
        _tokens.Skip(1);
        _ = _tokens.AcceptAny("to", "for");
        clause.Channel = ReadChannel();
        return new Filter { Consent = clause };
    }
}
