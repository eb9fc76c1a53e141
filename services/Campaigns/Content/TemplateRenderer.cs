using System.Text.Encodings.Web;
using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Fluid;
using Fluid.Values;

namespace TagSegments.Campaigns.Content;

/// <summary>Renders Liquid templates with a contact's data. Templates reach data only, and their steps and output are limited.</summary>
internal static class TemplateRenderer
{
    private static readonly TemplateOptions s_options = CreateOptions();
    private static readonly MergeData s_example = new(null, "Example", "UTC");
    private static readonly TemplateParser s_parser = new();

    /// <summary>Throws INVALID_ARGUMENT with reason TEMPLATE_INVALID for a template that does not parse or fails for an example contact.</summary>
    public static void CheckTemplates(Message message, string path, TemplateTime time, IReadOnlySet<string>? fields = null)
    {
        if (ProblemOf(message, time, fields) is var (part, problem))
        {
            throw RpcErrors.InvalidFields(ErrorReason.TemplateInvalid, $"{path}.{part}: {problem}", [($"{path}.{part}", problem)]);
        }
    }

    /// <summary>
    /// Finds the first template that does not parse, fails for an example contact, has a link that leads nowhere or names a custom field that is not
    /// among the <paramref name="fields"/>, unless they are null: the part of the message, and what is wrong with it.
    /// </summary>
    public static (string Part, string Problem)? ProblemOf(Message message, TemplateTime time, IReadOnlySet<string>? fields = null)
    {
        foreach (var (part, template) in new[] { ("subject", message.Subject), ("text", message.Text), ("html", message.Html) })
        {
            var missing = new List<string>();
            try
            {
                if (fields is not null && UnknownField(template, time, fields) is { } problem)
                {
                    return (part, problem);
                }

                var rendered = Render(template, Model(s_example, "https://example.com/", missing, time, fields), HtmlEncoder.Default, time);
                LinkRewriter.Rewrite(part == "html" ? rendered : "", url => url);
            }
            catch (TemplateException e)
            {
                return (part, (e as LinkException)?.In(template) ?? e.Message);
            }

            if (missing.Count > 0)
            {
                return (part, FieldNames.Missing(template, missing[0]));
            }
        }

        return null;
    }

    /// <summary>Parses a template; throws <see cref="TemplateException"/> for one that does not parse.</summary>
    public static ParsedTemplate Parse(string template, TemplateTime time) => s_parser.Parse(template, time);

    /// <summary>Renders a message with its data; throws <see cref="TemplateException"/> if a template fails with them.</summary>
    public static Message Render(
        Message message, MergeData data, string unsubscribeUrl, ICollection<string> missing, TemplateTime time, TemplateCache? cache = null)
    {
        var model = Model(data, unsubscribeUrl, missing, time, null);
        var rendered = message.Clone();
        rendered.Subject = OneLine(Render(message.Subject, model, NullEncoder.Default, time, cache));
        rendered.Text = Render(message.Text, model, NullEncoder.Default, time, cache);
        rendered.Html = Render(message.Html, model, HtmlEncoder.Default, time, cache);
        return rendered;
    }

    private static string? UnknownField(string template, TemplateTime time, IReadOnlySet<string> fields) =>
        IsPlain(template) ? null : FieldNames.FirstProblemIn(template, Parse(template, time).Template, fields);

    private static RenderingContext Model(
        MergeData data, string unsubscribeUrl, ICollection<string> missing, TemplateTime time, IReadOnlySet<string>? fields)
    {
        var context = new RenderingContext(s_options, time, data.TimeZone);
        context.SetValue("contact", MergeFields.OfContact(data.Contact, missing, fields));
        context.SetValue("campaign", new DictionaryValue(new MergeFields(
            "campaign", new Dictionary<string, FluidValue> { ["name"] = StringValue.Create(data.CampaignName) }, missing, mayLack: _ => false)));
        context.SetValue("unsubscribe_url", StringValue.Create(unsubscribeUrl));
        context.Undefined = name =>
        {
            missing.Add(name);
            return new ValueTask<FluidValue>(NilValue.Instance);
        };
        return context;
    }

    private static string Render(string template, TemplateContext context, TextEncoder encoder, TemplateTime time, TemplateCache? cache = null)
    {
        if (IsPlain(template))
        {
            return template;
        }

        try
        {
            using var output = new LimitedWriter();
            // Nothing in a template is loaded: it renders synchronously.
            var parsed = cache?.Get(template, time) ?? Parse(template, time).Template;
            parsed.RenderAsync(output, context, encoder, isolateContext: false).AsTask().GetAwaiter().GetResult();
            return output.ToString();
        }
        catch (Exception e) when (e is not (TemplateException or OperationCanceledException or OutOfMemoryException))
        {
            // Whatever a text of a tenant makes the engine throw is a fault of the text.
            throw new TemplateException(e is DivideByZeroException ? "A number is divided by zero." : e.Message, e);
        }
    }

    // A text without any of these is what it says.
    private static bool IsPlain(string template) => !template.Contains("{{", StringComparison.Ordinal) && !template.Contains("{%", StringComparison.Ordinal);

    private static TemplateOptions CreateOptions()
    {
        var options = new TemplateOptions { MaxSteps = 10_000, MaxRecursion = 20, StrictFilters = true };
        SafeFilters.AddTo(options);
        return options;
    }

    // A line break in a contact's name must not begin a new header.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private sealed class LimitedWriter : StringWriter
    {
        private const int MaxLength = 2_000_000;

        public override void Write(char value) => Room(1).Append(value);

        public override void Write(string? value) => Room(value?.Length ?? 0).Append(value);

        public override void Write(char[] buffer, int index, int count) => Room(count).Append(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => Room(buffer.Length).Append(buffer);

        private System.Text.StringBuilder Room(int length) => GetStringBuilder() is var builder && builder.Length + length <= MaxLength
            ? builder
            : throw new TemplateException("The output became longer than 2,000,000 characters.");
    }
}

/// <summary>What templates are filled with.</summary>
/// <param name="Contact">The contact; null for an example.</param>
/// <param name="CampaignName">The campaign's name.</param>
/// <param name="TimeZone">The account's time zone, an IANA name, in which instants appear.</param>
internal sealed record MergeData(Crm.Contacts.V1.Contact? Contact, string CampaignName, string TimeZone);

/// <summary>A template cannot be rendered.</summary>
internal class TemplateException(string message, Exception? inner = null)
    : Exception(message.Length <= MaxMessage ? message : $"{message[..MaxMessage]}…", inner)
{
    private const int MaxMessage = 300;
}
