using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using MimeKit;
using MimeKit.Text;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Delivery.FastPath;

namespace TagSegments.Campaigns.Tests.Delivery.FastPath;

// Text that needs no encoding is written without the mail library. On the wire that makes no difference.
public sealed partial class PlainMailTests
{
    private static readonly FormatOptions s_wire = CreateWire();

    private static readonly Gen<string> s_line = Gen.Frequency(
        (8, Gen.String[Gen.Char["abcXYZ09 .,<>=?_-\t@\"'"], 0, 90]),
        (1, Of("From me", ".", "..", "", " ", "=?utf-8?q?x?=", "=20", "Grüße", "a\rb", "\0", "a  b")),
        (1, Gen.Int[990, 1_005].Select(length => new string('x', length))));

    private static readonly Gen<string> s_text = Gen.Select(s_line.Array[0, 6], Of("\n", "\r\n"), Gen.Bool)
        .Select((lines, end, ends) => string.Join(end, lines) + (ends ? end : ""));

    private static readonly Gen<string> s_subject = Gen.Frequency(
        (6, Gen.String[Gen.Char["abcXYZ09 .,<>=?_-@\"'"], 0, 100].Select(text => text.Trim())), (1, Of("Grüße", "=?utf-8?q?x?=", "a  b")));

    private static readonly Gen<string> s_address = Gen.Select(Gen.String[Gen.Char["abc09._+-"], 0, 60], Gen.Int[1, 8])
        .Select((local, labels) => $"a{local.Replace(".", "", StringComparison.Ordinal)}@{string.Concat(Enumerable.Repeat("label.", labels))}example");

    private static readonly Gen<OutgoingMessage> s_message = Gen.Select(
        s_address, s_subject, s_text, s_text, Gen.String[Gen.Char["abc09_-"], 0, 120], Of("", "Acme", "Müller, \"Ä\" & Co"), Gen.Bool, Gen.Bool)
        .Select((address, subject, text, html, id, name, hasHtml, hasLinks) => new OutgoingMessage(
            id + "x", address, "news@acme.example", name, hasLinks ? "answers@acme.example" : "", subject, text, hasHtml ? html : "",
            hasLinks ? $"https://acme.example/u/{id}" : ""));

    [Fact]
    public void Every_message_arrives_as_the_mail_library_alone_would_send_it() => s_message.Sample(
        message =>
        {
            var fast = new MailParts(isFast: true);
            using var mail = MailComposer.Compose(message, "", fast);
            using var slow = MailComposer.Compose(message, "", new MailParts(isFast: false));
            using var reference = Reference(message);
            var wire = Wire(reference);
            Assert.Equal(wire, Wire(mail.Message));
            Assert.Equal(wire, Wire(slow.Message));
        },
        iter: 5_000);

    [Fact]
    public void The_message_of_every_day_is_plain()
    {
        var message = new OutgoingMessage("id", "ann@x.example", "news@acme.example", "Acme", "", "Hello Ann", "Hello,\nthis is it.\n", "", "https://acme.example/u/x");

        using var mail = MailComposer.Compose(message, "", new MailParts(isFast: true));

        Assert.IsType<PlainText>(mail.Message.Body);
        Assert.Equal(5, mail.Message.Headers.OfType<PlainHeader>().Count(header => header.Id is not HeaderId.From and not HeaderId.Date));
    }

    [Fact]
    public void Without_the_fast_path_nothing_of_it_is_used()
    {
        var message = new OutgoingMessage("id", "ann@x.example", "news@acme.example", "Acme", "", "Hello Ann", "Hello,\nthis is it.\n", "", "https://acme.example/u/x");

        using var mail = MailComposer.Compose(message, "", new MailParts(isFast: false));

        Assert.IsType<TextPart>(mail.Message.Body);
        Assert.Empty(mail.Message.Headers.OfType<PlainHeader>());
    }

    private static Gen<string> Of(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static MimeMessage Reference(OutgoingMessage message)
    {
        var headers = new List<Header>
        {
            new(HeaderId.From, new MailboxAddress(message.FromName, message.FromAddress).ToString()),
            new(HeaderId.Subject, message.Subject),
            new(HeaderId.MessageId, $"<{message.MessageId}@acme.example>"),
            new(HeaderId.To, new MailboxAddress("", message.Address).ToString()),
        };
        if (message.ReplyTo.Length > 0)
        {
            headers.Add(new Header(HeaderId.ReplyTo, message.ReplyTo));
        }

        if (message.UnsubscribeUrl.Length > 0)
        {
            headers.Add(new Header(HeaderId.ListUnsubscribe, $"<{message.UnsubscribeUrl}>"));
            headers.Add(new Header(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click"));
        }

        var text = new TextPart(TextFormat.Plain) { Text = message.Text };
        var html = new TextPart(TextFormat.Html) { Text = message.Html };
        return new MimeMessage(headers)
        {
            Body = message.Html.Length == 0 ? text : message.Text.Length == 0 ? html : new MultipartAlternative { text, html },
        };
    }

    // As the library hands it over, but for the date and the boundary, which it draws by lot.
    private static string Wire(MimeMessage message)
    {
        message.Headers.Remove(HeaderId.Date);
        message.Prepare(EncodingConstraint.EightBit, 998);
        using var wire = new MemoryStream();
        message.WriteTo(s_wire, wire);
        return Boundaries().Replace(Encoding.Latin1.GetString(wire.ToArray()), "=-");
    }

    private static FormatOptions CreateWire()
    {
        var wire = FormatOptions.Default.Clone();
        wire.NewLineFormat = NewLineFormat.Dos;
        wire.EnsureNewLine = true;
        return wire;
    }

    // "=-3rVSQ/wWqJ1MBnqcKzSAfQ=="
    [GeneratedRegex("=-[A-Za-z0-9+/]{22}==")]
    private static partial Regex Boundaries();
}
