using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;

namespace TagSegments.Campaigns.Messages;

/// <summary>Shows and tests messages before they are sent.</summary>
internal sealed class MessagePreview(ContactService.ContactServiceClient contacts, Transports transports, IConfiguration configuration)
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
            Message = Render(campaign, variant, contact, missing, new TemplateTime(ct)),
            Address = RecipientDraft.AddressOf(contact, campaign.Channel),
            MissingFields = { missing.Distinct() },
            Variant = Variants.NameOf(campaign.AbTest, variant),
        };
    }

    /// <summary>Sends a message to test addresses, rendered for a contact.</summary>
    public async Task<SendTestMessageResponse> SendTestAsync(
        AccountInfo account, Campaign campaign, int contactId, string variantName, IEnumerable<string> addresses, CancellationToken ct)
    {
        var rendered = (await RenderAsync(account, campaign, contactId, variantName, ct)).Message;
        await using var transport = transports.Create(campaign.Channel, waiting: () => 1);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        if (!await transport.WaitUntilReadyAsync(patience.Token))
        {
            throw RpcErrors.Create(Grpc.Core.StatusCode.Unavailable, ErrorReason.Unavailable, "The mail server cannot be reached.");
        }

        var response = new SendTestMessageResponse();
        foreach (var address in addresses)
        {
            var result = await transport.SendAsync(ToOutgoing(rendered, address), () => { });
            response.Recipients.Add(new Recipient
            {
                ContactId = contactId,
                Address = address,
                State = result.State,
                Reason = result.Reason,
                Detail = result.Detail,
                Attempts = 1,
            });
        }

        return response;
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

    private static Message Render(Campaign campaign, int variant, Contact contact, List<string> missing, TemplateTime time)
    {
        try
        {
            return TemplateRenderer.Render(
                Variants.Apply(campaign.Message, campaign.AbTest, variant), contact, campaign.Name, ExampleUrl, missing, time);
        }
        catch (TemplateException e)
        {
            throw RpcErrors.InvalidFields(ErrorReason.TemplateInvalid, e.Message, [("campaign.message", e.Message)]);
        }
    }

    private OutgoingMessage ToOutgoing(Message rendered, string address) => new(
        Guid.CreateVersion7().ToString("N"),
        address,
        rendered.FromAddress.Length > 0 ? rendered.FromAddress : configuration["Smtp:From"] ?? MessageBuilder.FallbackFrom,
        rendered.FromName,
        rendered.ReplyTo,
        $"[Test] {rendered.Subject}",
        rendered.Text,
        rendered.Html,
        UnsubscribeUrl: "");
}
