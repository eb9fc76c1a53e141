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

    /// <summary>
    /// <c>tls</c>, <c>starttls</c> or <c>none</c>. Defaults to <c>none</c> for the local machine and <c>starttls</c> for every other. A server that
    /// does not offer it gets nothing.
    /// </summary>
    public string Security { get; init; } = "";

    /// <summary>A PEM file with the authority that the mail server's certificate must come from, instead of those that the machine trusts.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The user, if the mail server requires a login.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The sender of notifications by e-mail. Defaults to <c>workflows@localhost</c>.</summary>
    public string From { get; init; } = "workflows@localhost";
}
