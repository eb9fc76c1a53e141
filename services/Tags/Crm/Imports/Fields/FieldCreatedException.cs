namespace TagSegments.Tags.Crm.Imports.Fields;

/// <summary>Somebody has created a custom field that an import was about to create; what the import made of its file may not fit it.</summary>
internal sealed class FieldCreatedException() : Exception("A custom field of the file was created by somebody else.");
