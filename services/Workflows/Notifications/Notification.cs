namespace TagSegments.Workflows.Notifications;

/// <summary>A notification of people and programs; as JSON the body of a webhook call.</summary>
internal sealed record Notification(
    string Account, string Workflow, Guid RunId, string Node, int ContactId, string Message, DateTimeOffset Time);

/// <summary>How notifications leave: the section <c>Notifications</c>.</summary>
internal sealed record NotificationOptions
{
    /// <summary>How long a webhook may take, in seconds: 1 to 60. Defaults to 5.</summary>
    public int WebhookSeconds { get; init; } = 5;

    /// <summary>The SMTP server for notifications by e-mail, <c>host:port</c>. Without one they fail.</summary>
    public string? Smtp { get; init; }

    /// <summary>The sender of notifications by e-mail. Defaults to <c>workflows@localhost</c>.</summary>
    public string From { get; init; } = "workflows@localhost";
}
