using Crm.Segments.V1;
using Google.Protobuf.Reflection;

namespace TagSegments.Segments.Tests.Definitions;

/// <summary>Nobody is put into a segment by hand: only its filter decides.</summary>
public sealed class NoManualMembershipTests
{
    [Fact]
    public void No_call_that_changes_a_segment_names_contacts()
    {
        var changes = SegmentService.Descriptor.Methods
            .Where(method => new[] { "Create", "Update", "Restore", "Set", "Delete" }.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal)))
            .ToList();

        Assert.NotEmpty(changes);
        // Expectations name contacts, but decide nothing: `Nobody_is_put_into_a_segment_by_expecting_it`.
        Assert.All(changes, method => Assert.DoesNotContain(
            Fields(method.InputType, []),
            field => field.Name.Contains("contact", StringComparison.Ordinal) && field.Name != "contact_zone"));
    }

    [Fact]
    public void A_segment_is_its_filter_and_has_no_tags_to_edit_it_by_hand()
    {
        var names = Segment.Descriptor.Fields.InFieldNumberOrder().Select(field => field.Name).ToList();

        Assert.Contains("filter", names);
        Assert.DoesNotContain("include_tag_id", names);
        Assert.Contains("include_tag_id", SmartList.Descriptor.Fields.InFieldNumberOrder().Select(field => field.Name));
    }

    private static IEnumerable<FieldDescriptor> Fields(MessageDescriptor message, HashSet<MessageDescriptor> seen) => !seen.Add(message)
        ? []
        : message.Fields.InFieldNumberOrder().SelectMany(field =>
            field.FieldType == FieldType.Message ? Fields(field.MessageType, seen).Prepend(field) : [field]);
}
