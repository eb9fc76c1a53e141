using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Content;

namespace TagSegments.Campaigns.Messages;

/// <summary>Shows messages before they are sent.</summary>
internal sealed class MessagePreview(ContactService.ContactServiceClient contacts)
{
    private const string ExampleUrl = "https://example.com/unsubscribe";

    /// <summary>Renders a message for a contact.</summary>
    public async Task<PreviewMessageResponse> RenderAsync(AccountInfo account, Campaign campaign, int contactId, string variantName, CancellationToken ct)
    {
        var variant = ChooseVariant(campaign, contactId, variantName);
        var contact = (await contacts.GetContactAsync(new() { Account = account.Name, ContactId = contactId }, cancellationToken: ct)).Contact;
        var missing = new List<string>();
        return new PreviewMessageResponse
        {
            Message = Render(campaign, variant, new MergeData(contact, campaign.Name, account.TimeZone), missing, new TemplateTime(ct)),
            Address = RecipientDraft.AddressOf(contact, campaign.Channel),
            MissingFields = { missing.Distinct() },
            Variant = Variants.NameOf(campaign.AbTest, variant),
        };
    }

    /// <summary>Gets the message that a test sends: of one variant, marked as a test and not tracked. Throws if it cannot be rendered for the contact.</summary>
    public async Task<Message> ForTestAsync(AccountInfo account, Campaign campaign, int contactId, string variantName, CancellationToken ct)
    {
        await RenderAsync(account, campaign, contactId, variantName, ct);
        var message = Variants.Apply(campaign.Message, campaign.AbTest, ChooseVariant(campaign, contactId, variantName)).Clone();
        message.Subject = message.Subject.Length > 0 ? $"[Test] {message.Subject}" : "";
        message.WithoutTracking = true;
        return message;
    }

    private static int ChooseVariant(Campaign campaign, int contactId, string name)
    {
        if (name.Length > 0)
        {
            return Variants.Find(campaign.AbTest, name) is > 0 and var named
                ? named
                : throw RpcErrors.InvalidField("variant", "is not a variant of the campaign");
        }

        // One that is not saved has no id, from which the variant of a contact follows.
        return Guid.TryParse(campaign.CampaignId, out var id) && Variants.Of(campaign.AbTest, id, contactId) is > 0 and var own
            ? own
            : Variants.Find(campaign.AbTest, campaign.AbTest?.Winner ?? "");
    }

    private static Message Render(Campaign campaign, int variant, MergeData data, List<string> missing, TemplateTime time)
    {
        try
        {
            var message = TemplateRenderer.Render(
                Variants.Apply(campaign.Message, campaign.AbTest, variant), data, ExampleUrl, missing, time);
            LinkRewriter.Rewrite(message.Html, url => url);
            return message;
        }
        catch (TemplateException e)
        {
            throw RpcErrors.InvalidFields(ErrorReason.TemplateInvalid, e.Message, [("campaign.message", e.Message)]);
        }
    }
}
