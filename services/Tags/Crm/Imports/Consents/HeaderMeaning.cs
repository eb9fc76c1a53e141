using Crm.Common.V1;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>What a column says of a subscription.</summary>
internal enum SubscriptionPart
{
    /// <summary>The state: subscribed, unsubscribed and other words for them, or yes and no.</summary>
    State,

    /// <summary>Whether or when somebody opted out, or the channels of which.</summary>
    OptOut,

    /// <summary>Why somebody must not be mailed: nobody who may be has a value.</summary>
    Reason,

    /// <summary>The channels on which somebody must not be disturbed, beside yes and no.</summary>
    Channels,
}

/// <summary>The meaning of a header.</summary>
/// <param name="Channels">The channels.</param>
/// <param name="Part">What the values say.</param>
/// <param name="IsVague">True for a header like "Status", which has other meanings, too: yes, no and words of other trades say nothing there.</param>
internal sealed record HeaderMeaning(Channel[] Channels, SubscriptionPart Part, bool IsVague = false)
{
    /// <summary>The target to which such a column can be mapped.</summary>
    public string Target => new ConsentTarget(Channels[0], Part == SubscriptionPart.State ? ConsentPart.State : ConsentPart.OptOut).Name;
}
