using Crm.Campaigns.V1;
using Crm.Contacts.V1;

namespace TagSegments.Campaigns.Content;

/// <summary>Knows the custom fields that templates can name.</summary>
internal sealed class MergeFieldCatalog(FieldService.FieldServiceClient fields)
{
    /// <summary>Reads the keys of an account's custom fields of contacts; null, which is not asked for, if no message names one.</summary>
    public async Task<IReadOnlySet<string>?> ReadAsync(AccountInfo account, IEnumerable<Message> messages, CancellationToken ct) =>
        messages.Any(NamesFields)
            ? (await fields.ListFieldsAsync(new() { Account = account.Name }, cancellationToken: ct)).Fields
                .Where(field => field.Target == Field.Types.Target.Contact)
                .Select(field => field.Key)
                .ToHashSet()
            : null;

    private static bool NamesFields(Message message) =>
        new[] { message.Subject, message.Text, message.Html }.Any(text => text.Contains("fields", StringComparison.Ordinal));
}
