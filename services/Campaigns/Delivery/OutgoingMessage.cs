namespace TagSegments.Campaigns.Delivery;

/// <summary>A message ready to be handed over.</summary>
internal sealed record OutgoingMessage(
    string MessageId, string Address, string FromAddress, string FromName, string ReplyTo, string Subject, string Text, string Html,
    string UnsubscribeUrl);
