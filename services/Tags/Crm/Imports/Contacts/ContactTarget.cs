using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>A contact that rows are about: an existing one, as it is now and as it was before the import, or one to create.</summary>
internal sealed class ContactTarget
{
    private readonly ContactState? _before;
    private HashSet<int>? _tags;

    /// <summary>Takes an existing contact, and what it was before the import; null if the import created it.</summary>
    public ContactTarget(ContactRow existing, ContactRow? original)
    {
        // What a row says is read once: it takes as long as the rest of an update.
        _before = existing.ToState();
        Original = ReferenceEquals(existing, original) ? _before : original?.ToState();
        (ContactId, Version, UpdatedAt) = (existing.ContactId, existing.Version, existing.UpdatedAt);
        (State, Consents) = (_before.Copy(), new(existing));
    }

    /// <summary>Takes a contact to create, with its first values.</summary>
    public ContactTarget(ContactState state) => (State, Consents) = (state, new(null));

    /// <summary>The contact's number; 0 for a new one that has none yet.</summary>
    public int ContactId { get; set; }

    /// <summary>The state before the import; null if the contact did not exist then.</summary>
    public ContactState? Original { get; }

    /// <summary>When a new contact was created, if a row says so.</summary>
    public DateTime? CreatedAt { get; set; }

    /// <summary>When a new contact was last changed, if a row says so.</summary>
    public DateTime? ChangedAt { get; init; }

    /// <summary>The version that was read.</summary>
    public long Version { get; }

    /// <summary>When the contact was last changed; null for a new one.</summary>
    public DateTime? UpdatedAt { get; }

    /// <summary>The state after the rows.</summary>
    public ContactState State { get; set; }

    /// <summary>The consents after the rows.</summary>
    public PlannedConsents Consents { get; }

    /// <summary>Notes a tag of a dry run; false if an earlier row has it.</summary>
    public bool AddTag(int tagId) => (_tags ??= []).Add(tagId);

    /// <summary>The values before the change; null for a new contact and for one whose values stay the same.</summary>
    public string? BeforeJson => _before?.BeforeJson(State);

    /// <summary>True for an existing contact that the rows change.</summary>
    public bool IsUpdated => _before is not null && (BeforeJson is not null || ConsentValue.Channels.Any(Consents.IsChanged));
}
