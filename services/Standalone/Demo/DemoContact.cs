namespace TagSegments.Standalone.Demo;

/// <summary>A generated contact with everything the demo knows about it, so that every answer can be checked.</summary>
internal sealed record DemoContact(
    string ExternalId,
    string FirstName,
    string LastName,
    string Email,
    string Phone,
    string Country,
    string City,
    string Language,
    string Company,
    string Industry,
    string Plan,
    int LeadScore,
    DateOnly SignupDate,
    bool Newsletter,
    IReadOnlyList<string> Tags,
    bool Unsubscribed,
    IReadOnlyList<DemoDeal> Deals,
    IReadOnlyList<DemoMail> Mails)
{
    public bool OpenedSince(DateTimeOffset time) => Mails.Any(mail => mail.OpenedAt >= time);
}

/// <summary>A generated opportunity.</summary>
internal sealed record DemoDeal(string ExternalId, string Product, string Stage, decimal? Amount, DateOnly Opened, DateOnly? Closed);

/// <summary>A newsletter that was sent to a contact, with what the contact did.</summary>
internal sealed record DemoMail(int Issue, DateTimeOffset SentAt, DateTimeOffset? OpenedAt, DateTimeOffset? ClickedAt);
