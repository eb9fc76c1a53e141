using System.Net;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Content;

/// <summary>Makes the message of one recipient: renders the templates and puts in the links that belong to the recipient.</summary>
internal sealed class MessageBuilder(TrackingLinks links, TrackingTokens tokens, TemplateCache templates, IConfiguration configuration)
{
    /// <summary>The sender's address where neither the message nor <c>Smtp:From</c> names one.</summary>
    public const string FallbackFrom = "no-reply@localhost.localdomain";

    private readonly string _defaultFrom = configuration["Smtp:From"] ?? FallbackFrom;

    /// <summary>
    /// Makes the message of a recipient; without a contact, its text is no template. Throws if it cannot be made: <see cref="TemplateException"/> if the
    /// templates fail for this contact.
    /// </summary>
    public OutgoingMessage Build(Message message, MergeData data, string address, TrackingTarget target)
    {
        var unsubscribeUrl = links.Unsubscribe(target);
        var time = new TemplateTime(CancellationToken.None);
        var rendered = data.Contact is null
            ? message
            : TemplateRenderer.Render(message, data, unsubscribeUrl, [], time, templates);
        return new OutgoingMessage(
            tokens.Create(TokenPurpose.Message, target),
            address,
            rendered.FromAddress.Length > 0 ? rendered.FromAddress : _defaultFrom,
            rendered.FromName,
            rendered.ReplyTo,
            rendered.Subject,
            target.Channel == Channel.Email ? WithFooter(rendered.Text, unsubscribeUrl) : rendered.Text,
            Html(rendered, target, unsubscribeUrl),
            unsubscribeUrl);
    }

    private string Html(Message rendered, TrackingTarget target, string unsubscribeUrl)
    {
        if (rendered.Html.Length == 0)
        {
            return "";
        }

        var html = LinkRewriter.Rewrite(rendered.Html, url => rendered.WithoutTracking ? url : links.Click(target, url));
        if (!html.Contains(unsubscribeUrl, StringComparison.Ordinal))
        {
            html = Append(html, $"""<p><a href="{WebUtility.HtmlEncode(unsubscribeUrl)}">Unsubscribe</a></p>""");
        }

        return rendered.WithoutTracking
            ? html
            : Append(html, $"""<img src="{WebUtility.HtmlEncode(links.Open(target))}" width="1" height="1" alt="">""");
    }

    private static string WithFooter(string text, string unsubscribeUrl) =>
        text.Length == 0 || text.Contains(unsubscribeUrl, StringComparison.Ordinal) ? text : $"{text}\n\nUnsubscribe: {unsubscribeUrl}\n";

    private static string Append(string html, string element)
    {
        var end = html.LastIndexOf("</body>", StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html + element : html.Insert(end, element);
    }
}
