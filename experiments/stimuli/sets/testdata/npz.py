"""Writes the files of npz/ with numpy: python npz.py"""

import os

import numpy as np

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "npz"))
n = 10
images = (np.arange(n * 4 * 5) % 256).astype(np.uint8).reshape(n, 4, 5)
labels = np.arange(n) % 3
save = np.savez_compressed

save("plain.npz", images=images, labels=labels)
save("doubles.npz", images=images / 255.0, labels=labels.astype(np.uint8))
save("bool.npz", images=images % 2 == 1, labels=labels % 2 == 1)
save("floats255.npz", images=images.astype(np.float32), labels=labels)
nan = (images / 255.0).astype(np.float32)
nan[7, 1, 2] = np.nan
save("nan.npz", images=nan, labels=labels)
save("negative.npz", images=images / 255.0 - 0.5, labels=labels)
save("int64.npz", images=images.astype(np.int64), labels=labels)
save("gaps.npz", images=images, labels=np.array([5, -2, 1000, 5, -2, 1000, 5, -2, 1000, 5]))
save("names.npz", images=images, labels=np.array(["cat", "Löwe", "elk"])[labels], id=np.array([f"{i:02d}.png" for i in range(n)]),
     angle=np.linspace(0, 1, n), depth=images.astype(np.float32), split=np.array(["train"] * 6 + ["val"] * 2 + ["test"] * 2))
save("column.npz", images=images, labels=labels.reshape(n, 1))
save("one_hot.npz", images=images, labels=np.eye(3)[labels])
save("float_labels.npz", images=images, labels=labels.astype(np.float32))
save("short.npz", images=images, labels=labels[:-1])
save("twice.npz", images=images, labels=labels, id=np.zeros(n, int))
save("channel_first.npz", images=np.zeros((n, 3, 32, 32), np.uint8), labels=labels)
save("flat.npz", images=images.reshape(n, 20), labels=labels)
save("no_images.npz", x=images, y=labels)
save("keras.npz", x_train=images[:8], y_train=labels[:8], x_test=images[8:], y_test=labels[8:])
save("medmnist.npz", train_images=images[:6], train_labels=labels[:6, None], val_images=images[6:8], val_labels=labels[6:8, None],
     test_images=images[8:], test_labels=labels[8:, None])
save("clips.npz", images=images.reshape(5, 2, 4, 5, 1), labels=labels.reshape(5, 2), motion=images.reshape(5, 2, 4, 5, 1))
save("nan_map.npz", images=images, labels=labels, depth=nan)
save("objects.npz", images=images, labels=np.array(list("abcabcabca"), dtype=object))
save("wrong_split.npz", images=images, labels=labels, split=np.full(n, 3))
save("unlabelled.npz", images=images)
