using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>A contact that rows are about: an existing one, as it is now and as it was before the import, or one to create.</summary>
internal sealed class ContactTarget(ContactRow? existing, ContactRow? original)
{
    private readonly ContactState? _before = existing?.ToState();
    private HashSet<int>? _tags;

    /// <summary>The contact's number; 0 for a new one that has none yet.</summary>
    public int ContactId { get; set; } = existing?.ContactId ?? 0;

    /// <summary>The state before the import; null if the contact did not exist then.</summary>
    public ContactState? Original { get; } = original?.ToState();

    /// <summary>When a new contact was created, if a row says so.</summary>
    public DateTime? CreatedAt { get; set; }

    /// <summary>When a new contact was last changed, if a row says so.</summary>
    public DateTime? ChangedAt { get; init; }

    /// <summary>The version that was read.</summary>
    public long Version { get; } = existing?.Version ?? 0;

    /// <summary>When the contact was last changed; null for a new one.</summary>
    public DateTime? UpdatedAt { get; } = existing?.UpdatedAt;

    /// <summary>The state after the rows.</summary>
    public ContactState State { get; set; } = existing?.ToState() ?? new ContactState();

    /// <summary>The consents after the rows.</summary>
    public PlannedConsents Consents { get; } = new(existing);

    /// <summary>Notes a tag of a dry run; false if an earlier row has it.</summary>
    public bool AddTag(int tagId) => (_tags ??= []).Add(tagId);

    /// <summary>The values before the change; null for a new contact and for one whose values stay the same.</summary>
    public string? BeforeJson => _before?.BeforeJson(State);

    /// <summary>True for an existing contact that the rows change.</summary>
    public bool IsUpdated => existing is not null && (BeforeJson is not null || ConsentValue.Channels.Any(Consents.IsChanged));
}
