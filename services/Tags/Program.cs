using TagSegments.Tags;
using TagSegments.ServiceDefaults;

return await ServiceHost.RunAsync(args, TagsApp.Build, typeof(TagsApp).Assembly);
