using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Campaigns.Content;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Content;

public sealed class TemplateRendererTests
{
    private static readonly Contact s_ann = new()
    {
        ContactId = 7,
        FirstName = "<b>Ann</b>",
        LastName = "O\r\nBcc: x@example.org",
        Fields = new Struct { Fields = { ["history segment"] = Value.ForString("5) $500 - $750"), ["visits"] = Value.ForNumber(3) } },
    };

    [Fact]
    public void Fills_in_merge_fields()
    {
        var rendered = Render(new Message
        {
            Subject = "Hi {{ contact.last_name | default: \"you\" }}",
            Text = "{{ contact.first_name }} {{ contact.fields[\"history segment\"] }} {{ contact.fields.visits | plus: 1 }} {{ campaign.name }} {{ unsubscribe_url }}",
        });

        Assert.Equal("<b>Ann</b> 5) $500 - $750 4 Spring https://u.example/", rendered.Text);
    }

    [Theory]
    [InlineData("{{ contact.first_name }}")]
    [InlineData("{{ contact.first_name | raw }}")]
    [InlineData("{{ contact.first_name | newline_to_br }}")]
    [InlineData("{{ contact.first_name | escape | raw }}")]
    [InlineData("{% assign x = contact.first_name %}{{ x | append: x }}")]
    public void Encodes_the_data_of_contacts_in_HTML_whatever_the_template_says(string html)
    {
        Assert.DoesNotContain("<b>", Render(new Message { Subject = "x", Html = html }).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_the_subject_on_one_line()
    {
        var subject = Render(new Message { Subject = "{{ contact.last_name }}" }).Subject;

        Assert.Equal("O  Bcc: x@example.org", subject);
    }

    [Fact]
    public void Tells_which_fields_have_no_value()
    {
        var missing = new List<string>();

        TemplateRenderer.Render(
            new Message { Subject = "{{ contact.email }} {{ contact.fields.nope }} {{ contact.first_name }}" }, new MergeData(s_ann, "x", "UTC"), "x", missing, Time);

        Assert.Equal(["contact.email", "contact.fields.nope"], missing);
    }

    [Theory]
    [InlineData("{{ contact.first_name", "text")]
    [InlineData("{% if %}", "text")]
    [InlineData("{{ contact.frist_name }}", "text")]
    [InlineData("{{ person.first_name }}", "text")]
    [InlineData("{{ contact.first_name | nofilter }}", "text")]
    [InlineData("{% include 'secrets' %}", "text")]
    [InlineData("{{ env.PATH }}", "text")]
    [InlineData("{% for i in (1..1000000000) %}x{% endfor %}", "text")]
    [InlineData("{% for i in (1..contact.contact_id) %}x{% endfor %}", "text")]
    [InlineData("{% assign x = 'xxxxxxxxxx' %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}", "text")]
    [InlineData("{% assign a = 'x,x' | split: ',' %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}", "text")]
    public void Refuses_templates_that_do_not_work_or_would_not_end(string template, string part)
    {
        var error = Expect.Failure(() => TemplateRenderer.CheckTemplates(new Message { Text = template }, "message", Time));

        error.Is(StatusCode.InvalidArgument, ErrorReason.TemplateInvalid);
        Assert.Contains($"message.{part}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ contact.first_name.length }}")]
    [InlineData("{{ contact.GetType }}")]
    [InlineData("{{ contact.fields.Keys }}")]
    public void Reaches_no_members_of_objects(string template)
    {
        Assert.Equal("", Render(new Message { Subject = "x", Text = template }).Text);
    }

    private static TemplateTime Time => new(CancellationToken.None);

    private static Message Render(Message message) => TemplateRenderer.Render(message, new MergeData(s_ann, "Spring", "UTC"), "https://u.example/", [], Time);
}
