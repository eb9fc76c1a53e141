using System.Text.Json.Serialization;

namespace TagSegments.Workflows.Notifications;

/// <summary>A notification of people and programs; as JSON the body of a webhook call.</summary>
internal sealed record Notification(
    string Account, string Workflow, Guid RunId, string Node, int ContactId, string Message, DateTimeOffset Time)
{
    /// <summary>The notification as the text of an e-mail.</summary>
    [JsonIgnore]
    public string Text =>
        $"""
        {Message}

        Account: {Account}
        Contact: {ContactId}
        Run: {RunId}, node {Node}
        """;
}

/// <summary>How notifications leave: the section <c>Notifications</c>.</summary>
internal sealed record NotificationOptions
{
    /// <summary>How long a webhook may take, in seconds: 1 to 60. Defaults to 5.</summary>
    public int WebhookSeconds { get; init; } = 5;
}
