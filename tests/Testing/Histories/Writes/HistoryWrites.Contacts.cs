using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using TagSegments.Testing.Oracle;

namespace TagSegments.Testing.Histories.Writes;

/// <summary>This part changes contacts.</summary>
internal sealed partial class HistoryWrites
{
    // The last one is never changed: two contacts must not share it.
    private static readonly string[] s_attributes = ["first_name", "last_name", "language", "time_zone", "email", "phone", "external_id"];

    /// <summary>Changes attributes and fields of a contact.</summary>
    public async Task UpdateContactAsync(HistoryModel model)
    {
        if (AnyOf(model.Living) is not { } contact)
        {
            return;
        }

        var request = new UpdateContactRequest { Account = account, UpdateMask = new FieldMask(), Contact = new Contact { ContactId = contact.Id } };
        if (Chance(3))
        {
            SetAttribute(contact, Chance(6) ? "do_not_disturb" : s_attributes[random.Next(s_attributes.Length - 1)], request);
        }
        else
        {
            request.Contact.Fields = Fields(contact.Fields, WorldNames.ContactFields);
            request.UpdateMask.Paths.Add(request.Contact.Fields.Fields.Keys.Select(key => $"fields.{key}"));
        }

        contact.Updated = Time((await UpdateAsync(request)).UpdateTime);
    }

    /// <summary>Gives a contact one of the few addresses that are suppressed now and then.</summary>
    public async Task GiveAddressAsync(HistoryModel model)
    {
        if (AnyOf(model.Living) is { } contact)
        {
            var request = new UpdateContactRequest { Account = account, UpdateMask = new FieldMask(), Contact = new Contact { ContactId = contact.Id } };
            SetAttribute(contact, Chance(3) ? "phone" : "email", request);
            contact.Updated = Time((await UpdateAsync(request)).UpdateTime);
        }
    }

    private async Task<Contact> UpdateAsync(UpdateContactRequest request) => (await HistoryCalls.RepeatAsync(id =>
    {
        request.RequestId = id;
        return apps.Contacts.UpdateContactAsync(request);
    })).Contact;

    private void SetAttribute(WorldContact contact, string attribute, UpdateContactRequest request)
    {
        request.UpdateMask.Paths.Add(attribute);
        if (attribute == "do_not_disturb")
        {
            request.Contact.DoNotDisturb = contact.DoNotDisturb = Chance(2);
            return;
        }

        var text = Chance(4) ? null : attribute switch
        {
            "language" => Chance(2) ? "de" : "en-US",
            "time_zone" => Chance(2) ? "Europe/Berlin" : "America/New_York",
            "email" => $"person{random.Next(4)}@Example.org",
            "phone" => $"+49 170 {random.Next(10_000, 10_003)}",
            _ => Text(),
        };
        Contact.Descriptor.FindFieldByName(attribute).Accessor.SetValue(request.Contact, text ?? "");
        contact.Texts[attribute] = text;
    }

    private async Task SetConsentAsync(HistoryModel model)
    {
        if (AnyOf(model.Living) is not { } contact)
        {
            return;
        }

        var (sms, state) = (Chance(3), random.Next(1, 4));
        var response = await HistoryCalls.RepeatAsync(id => apps.Contacts.SetConsentAsync(new SetConsentRequest
        {
            Account = account,
            ContactId = contact.Id,
            Consent = new Consent { Channel = sms ? Channel.Sms : Channel.Email, State = (Consent.Types.State)state },
            RequestId = id,
        }));
        contact.Updated = Time(response.Contact.UpdateTime);
        (contact.EmailConsent, contact.SmsConsent) = sms ? (contact.EmailConsent, state) : (state, contact.SmsConsent);
    }

    private async Task CreateContactAsync(HistoryModel model)
    {
        var response = await HistoryCalls.RepeatAsync(id => apps.Contacts.CreateContactAsync(
            new CreateContactRequest { Account = account, Contact = new Contact { FirstName = "New" }, RequestId = id }));
        var contact = new WorldContact(response.Contact.ContactId)
        {
            Created = Time(response.Contact.CreateTime),
            Updated = Time(response.Contact.UpdateTime),
        };
        foreach (var name in s_attributes)
        {
            contact.Texts[name] = name == "first_name" ? "New" : null;
        }

        model.Living.Add(contact.Id, contact);
    }

    private async Task DeleteOrRestoreAsync(HistoryModel model)
    {
        if (Chance(2) && AnyOf(model.Living) is { } living)
        {
            await HistoryCalls.RepeatAsync(id => apps.Contacts.DeleteContactAsync(
                new DeleteContactRequest { Account = account, ContactId = living.Id, RequestId = id }));
            model.Living.Remove(living.Id);
            model.Deleted.Add(living.Id, living);
        }
        else if (AnyOf(model.Deleted) is { } deleted && !model.Living.Values.Any(other => SharesExternalId(other, deleted)))
        {
            await HistoryCalls.RepeatAsync(id => apps.Contacts.RestoreContactAsync(
                new RestoreContactRequest { Account = account, ContactId = deleted.Id, RequestId = id }));
            model.Deleted.Remove(deleted.Id);
            model.Living.Add(deleted.Id, deleted);
        }
    }

    private static bool SharesExternalId(WorldContact one, WorldContact other) =>
        one.Texts["external_id"] is { } externalId && externalId == other.Texts["external_id"];

    private async Task MergeAsync(HistoryModel model)
    {
        if (AnyOf(model.Living) is not { } kept || AnyOf(model.Living) is not { } duplicate || kept == duplicate)
        {
            return;
        }

        var response = await HistoryCalls.RepeatAsync(id => apps.Contacts.MergeContactsAsync(new MergeContactsRequest
        {
            Account = account,
            ContactId = kept.Id,
            DuplicateContactId = duplicate.Id,
            RequestId = id,
        }));
        Merge(kept, duplicate, await CommitTimeAsync());
        kept.Updated = Time(response.Contact.UpdateTime);
        model.Living.Remove(duplicate.Id);
        model.Deleted.Add(duplicate.Id, duplicate);
    }

    private static void Merge(WorldContact kept, WorldContact duplicate, Instant at)
    {
        foreach (var (name, text) in duplicate.Texts)
        {
            kept.Texts[name] ??= text;
        }

        foreach (var (fieldId, value) in duplicate.Fields)
        {
            kept.Fields.TryAdd(fieldId, value);
        }

        kept.DoNotDisturb |= duplicate.DoNotDisturb;
        kept.EmailConsent = Stricter(kept.EmailConsent, duplicate.EmailConsent);
        kept.SmsConsent = Stricter(kept.SmsConsent, duplicate.SmsConsent);
        duplicate.Tags.Except(kept.Tags).ToList().ForEach(tagId => kept.Change(tagId, true, at));
        kept.Opportunities.AddRange(duplicate.Opportunities);
        duplicate.Opportunities.Clear();
    }

    // 1 never asked, 2 subscribed, 3 unsubscribed: declined counts most, then agreed.
    private static int Stricter(int one, int other) => Math.Max(one, other);
}
